import type { RuntimeRecord } from './runtime';

/** Runtimes without kernels that skip zeros. */
function dense(key: string, name: string, needs: string): RuntimeRecord {
  return { key, name, needs, file: '–', judge: () => 'is multiplied, zeros or not' };
}

export const onnxRuntime = dense(
  'onnxruntime',
  'ONNX Runtime',
  'skips no zeros: sparse initializers are made dense as it loads them.',
);
export const vLlm = dense('vllm', 'vLLM', 'skips no zeros: its sparse formats were removed in 2026.');
