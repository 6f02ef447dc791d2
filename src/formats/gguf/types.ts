/** ggml's types of tensors by number (ggml.h, `enum ggml_type`), and how many elements share how many bytes. */
import type { Dtype } from '../../tensors/dtype';

export interface TensorType {
  readonly name: string;
  /** Elements of a block; 1 where each stands for itself. */
  readonly elements: number;
  /** Of a block. */
  readonly bytes: number;
  /** Where elements stand in the file as they are. */
  readonly dtype?: Dtype;
}

const plain = (name: string, bytes: number, dtype: Dtype): TensorType => ({ name, elements: 1, bytes, dtype });
const blocks = (name: string, elements: number, bytes: number): TensorType => ({ name, elements, bytes });

/** Numbers that are missing were given up (Q4_2, packed rows for one processor), and no file has them. */
export const tensorTypes: ReadonlyMap<number, TensorType> = new Map([
  [0, plain('F32', 4, 'F32')],
  [1, plain('F16', 2, 'F16')],
  [2, blocks('Q4_0', 32, 18)],
  [3, blocks('Q4_1', 32, 20)],
  [6, blocks('Q5_0', 32, 22)],
  [7, blocks('Q5_1', 32, 24)],
  [8, blocks('Q8_0', 32, 34)],
  [9, blocks('Q8_1', 32, 36)],
  [10, blocks('Q2_K', 256, 84)],
  [11, blocks('Q3_K', 256, 110)],
  [12, blocks('Q4_K', 256, 144)],
  [13, blocks('Q5_K', 256, 176)],
  [14, blocks('Q6_K', 256, 210)],
  [15, blocks('Q8_K', 256, 292)],
  [16, blocks('IQ2_XXS', 256, 66)],
  [17, blocks('IQ2_XS', 256, 74)],
  [18, blocks('IQ3_XXS', 256, 98)],
  [19, blocks('IQ1_S', 256, 50)],
  [20, blocks('IQ4_NL', 32, 18)],
  [21, blocks('IQ3_S', 256, 110)],
  [22, blocks('IQ2_S', 256, 82)],
  [23, blocks('IQ4_XS', 256, 136)],
  [24, plain('I8', 1, 'I8')],
  [25, plain('I16', 2, 'I16')],
  [26, plain('I32', 4, 'I32')],
  [27, plain('I64', 8, 'I64')],
  [28, plain('F64', 8, 'F64')],
  [29, blocks('IQ1_M', 256, 56)],
  [30, plain('BF16', 2, 'BF16')],
  [34, blocks('TQ1_0', 256, 54)],
  [35, blocks('TQ2_0', 256, 66)],
  [39, blocks('MXFP4', 32, 17)],
  [40, blocks('NVFP4', 64, 36)],
  [41, blocks('Q1_0', 128, 18)],
]);
