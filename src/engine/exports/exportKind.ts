/** What can be exported beside the pruned file itself. */

/**
 * `masks` a safetensors file of `<name>_mask`; `reparametrised` a state dict with `X_orig` and `X_mask`, `permanent` one
 * with such pairs multiplied out; `gzip` the pruned file compressed; `sparse-onnx` with sparse initializers.
 */
export type ExportKind = 'masks' | 'reparametrised' | 'permanent' | 'gzip' | 'sparse-onnx';
