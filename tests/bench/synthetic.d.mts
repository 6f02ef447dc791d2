export type NamedShape = [name: string, shape: number[]];
export function resnet50Shapes(): NamedShape[];
export function gptShapes(blocks: number, width: number): NamedShape[];
/** A Llama-like language model: nine tensors a block, and three around them. */
export function llamaShapes(blocks: number, width: number): NamedShape[];
export function uniformShapes(layers: number, bytes: number): NamedShape[];
export function writeSafetensors(path: string, shapes: readonly NamedShape[], dtype?: 'F32' | 'BF16'): number;
