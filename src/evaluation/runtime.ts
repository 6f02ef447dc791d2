/** ONNX Runtime Web: the only module that imports it, when it is needed and not before. */
import type * as Ort from 'onnxruntime-web';
import { CheckpointError, isFetchFailure, notFetched } from '../lib/errors';
import { found } from '../lib/known';
import type { Dtype } from '../tensors/dtype';
import type { Dimension, GraphValue, Runtime } from './protocol';
import type { NamedValues, Values } from './values';

/** What a browser offers. */
export interface RuntimeMeans {
  /** Where the runtime's parts are. */
  readonly files: RuntimeFiles;
  /** Of the machine, as far as threads can be had. */
  readonly cores: number;
  /** @param maybeSoftware whether one that is slower than WASM will do */
  hasGpu(maybeSoftware: boolean): Promise<boolean>;
  /** Whether there is a network, as far as the browser knows. */
  isOnline(): boolean;
}
export interface RuntimeFiles {
  readonly wasm: RuntimePaths;
  readonly webgpu: RuntimePaths;
}
export type RuntimePaths = { readonly mjs: string; readonly wasm: string };

export interface ModelSession {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** All outputs. @throws CheckpointError `evaluation-failed`, `out-of-memory` */
  run(feeds: NamedValues): Promise<Map<string, Values>>;
  release(): Promise<void>;
}

export interface FileBeside {
  readonly path: string;
  readonly data: Uint8Array;
}

export interface LoadedRuntime {
  readonly runtime: Runtime;
  /**
   * @param beside files that hold weights of the model, under the paths that it has for them
   * @param plain node by node as the model has them, without the runtime's own optimisations
   * @throws CheckpointError `evaluation-failed`, `out-of-memory`
   */
  createSession(model: Uint8Array, beside?: readonly FileBeside[], plain?: boolean): Promise<ModelSession>;
}

/** More threads than this have nothing to share out of batches that last some tens of milliseconds, and cost memory each. */
const maxThreads = 16;

/** An IR version and no graph. */
const noModel = Uint8Array.of(8, 8);

/**
 * With WebGPU where there is an adapter worth it (or any, where it is forced), else with WASM.
 * @param means absent: in Node, which finds the runtime's parts itself; one thread keeps tests alike
 * @throws CheckpointError `evaluation-failed` when the runtime's files cannot be loaded
 */
export async function loadRuntime(forced?: Runtime['backend'], means?: RuntimeMeans): Promise<LoadedRuntime> {
  if (means && forced !== 'wasm' && (await means.hasGpu(forced === 'webgpu'))) {
    const runtime = await loadBackend('webgpu', means).catch(() => undefined);
    if (runtime) return runtime;
  }
  try {
    return await loadBackend('wasm', means);
  } catch (cause) {
    if (isFetchFailure(cause)) throw runtimeNotFetched(means?.isOnline() ?? true, cause);
    throw failure('ONNX Runtime could not be loaded', cause, 'Reload the page and try again.');
  }
}

/** It is the one part that is not fetched ahead: once it was, it is kept. */
export function runtimeNotFetched(isOnline: boolean, cause: unknown): CheckpointError {
  if (isOnline) return notFetched('ONNX Runtime, which runs the model,', cause);
  return new CheckpointError(
    'not-fetched',
    'ONNX Runtime, which runs the model, is not on this machine yet, and this machine is offline.',
    { advice: 'Evaluate once while online: it is kept from then on. Pruning and export need no network.' },
    { cause },
  );
}

async function loadBackend(backend: Runtime['backend'], means: RuntimeMeans | undefined): Promise<LoadedRuntime> {
  // One core is left to the page, which draws what the handle does, and to the engine.
  const threads = Math.min(maxThreads, Math.max(1, (means?.cores ?? 1) - 1));
  const ort: typeof Ort =
    backend === 'webgpu' ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/wasm');
  if (means) ort.env.wasm.wasmPaths = means.files[backend];
  ort.env.wasm.numThreads = threads;
  // Warnings about graph inputs and unused initializers are of no use to whoever prunes.
  ort.env.logLevel = 'error';
  // The files are fetched with the first session: one of no model, whose error shows that the runtime answers.
  await ort.InferenceSession.create(noModel, { executionProviders: [backend] }).catch((error: unknown) => {
    if (!/ERROR_CODE/.test(String(error))) throw error;
  });
  const name = backend === 'webgpu' ? 'WebGPU' : threads > 1 ? `WASM × ${threads}` : 'WASM';
  return {
    runtime: { backend, threads, label: `ONNX Runtime, ${name}` },
    createSession: (model, beside = [], plain = false) => createSession(ort, backend, model, beside, plain),
  };
}

async function createSession(
  ort: typeof Ort,
  backend: Runtime['backend'],
  model: Uint8Array,
  beside: readonly FileBeside[],
  plain: boolean,
): Promise<ModelSession> {
  let session: Ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: backend === 'webgpu' ? ['webgpu', 'wasm'] : ['wasm'],
      logSeverityLevel: 3,
      ...(plain && { graphOptimizationLevel: 'disabled' as const }),
      ...(beside.length > 0 && { externalData: beside.map(({ path, data }) => ({ path, data })) }),
    });
  } catch (cause) {
    throw runtimeError('cannot run this model', cause);
  }
  return {
    inputs: session.inputMetadata.map(graphValue),
    outputs: session.outputMetadata.map(graphValue),
    async run(feeds) {
      const inputs: Record<string, Ort.Tensor> = {};
      for (const [name, values] of feeds) inputs[name] = tensorOf(ort, values);
      let outputs: Ort.InferenceSession.OnnxValueMapType;
      try {
        outputs = await session.run(inputs);
      } catch (cause) {
        throw runtimeError('stopped while it ran the model', cause);
      }
      const results = new Map<string, Values>();
      for (const [name, tensor] of Object.entries(outputs)) {
        const values = await valuesOf(tensor as Ort.Tensor);
        if (values) results.set(name, values);
        tensor.dispose();
      }
      return results;
    },
    release: () => session.release(),
  };
}

const dtypeOf: Readonly<Record<string, Dtype>> = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  int64: 'I64',
  uint64: 'U64',
  int32: 'I32',
  uint32: 'U32',
  int16: 'I16',
  uint16: 'U16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};
const typeOf = new Map(Object.entries(dtypeOf).map(([type, dtype]) => [dtype, type as Ort.Tensor.Type]));

/** Whether the runtime's JavaScript side can hand in and out values of this dtype. */
export function isFeedable(dtype: Dtype): boolean {
  return typeOf.has(dtype);
}

function graphValue(metadata: Ort.InferenceSession.ValueMetadata): GraphValue {
  if (!metadata.isTensor) return { name: metadata.name, dtype: 'OPAQUE' };
  const shape = metadata.shape.map((size): Dimension => (typeof size === 'number' && size < 0 ? '' : size));
  return { name: metadata.name, dtype: dtypeOf[metadata.type] ?? 'OPAQUE', shape };
}

function tensorOf(ort: typeof Ort, { dtype, shape, bytes }: Values): Ort.Tensor {
  const type = typeOf.get(dtype);
  if (!type) throw new CheckpointError('evaluation-failed', `ONNX Runtime takes no inputs of type ${dtype} here.`);
  return new ort.Tensor(type as 'float32', typedArray(type, bytes) as Float32Array, shape);
}

/** Views of the bytes, of the element type that ONNX Runtime wants to see. */
function typedArray(type: Ort.Tensor.Type, bytes: Uint8Array<ArrayBuffer>): unknown {
  const make = found(arrays[type], `an array for ${type}`);
  const aligned = bytes.byteOffset % make.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new make(aligned.buffer, aligned.byteOffset, aligned.byteLength / make.BYTES_PER_ELEMENT);
}

interface ArrayMaker {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): unknown;
}
const arrays: Partial<Record<Ort.Tensor.Type, ArrayMaker>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: (globalThis as { Float16Array?: ArrayMaker }).Float16Array ?? Uint16Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** The runtime has copied them out of its own memory already. Undefined for strings. */
async function valuesOf(tensor: Ort.Tensor): Promise<Values | undefined> {
  const dtype = dtypeOf[tensor.type];
  if (!dtype) return undefined;
  const { buffer, byteOffset, byteLength } = (await tensor.getData()) as Float32Array<ArrayBuffer>;
  return { dtype, shape: [...tensor.dims], bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** What ONNX Runtime says, put into one sentence. */
function runtimeError(what: string, cause: unknown): CheckpointError {
  const text = messageOf(cause);
  if (/bad_alloc|out of memory|memory access|allocat|Array buffer/i.test(text)) {
    return new CheckpointError(
      'out-of-memory',
      `ONNX Runtime ${what}: its memory is full.`,
      { advice: 'Evaluate a smaller model or fewer inputs; pruning and export work without evaluation.' },
      { cause },
    );
  }
  const missing = /(?:Could not find an implementation for|No Op registered for) ([\w.]+)/.exec(text);
  if (missing) {
    return new CheckpointError(
      'evaluation-failed',
      `ONNX Runtime ${what}: its browser build has no operator ${missing[1]} of the version that the model uses.`,
      { advice: 'Pruning and export work without evaluation.' },
      { cause },
    );
  }
  return failure(`ONNX Runtime ${what}`, cause);
}

function failure(what: string, cause: unknown, advice?: string): CheckpointError {
  const text = messageOf(cause).replace(/\s+/g, ' ').trim();
  return new CheckpointError('evaluation-failed', `${what}: ${text}`, advice === undefined ? {} : { advice }, {
    cause,
  });
}

function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/^.*ERROR_MESSAGE: /s, '');
}
