/** Large matrix products, by ONNX Runtime: two models of a node or two. (11 to 21 GFLOP/s on a thread of WASM.) */
import { graphFields, modelFields } from '../../formats/onnx/fieldNumbers';
import { valueInfo } from '../../formats/onnx/valueInfo';
import { field, intFields, textField } from '../../formats/protobuf/write';
import { concatenated } from '../../lib/bytes';
import { throwIfCancelled } from '../../lib/errors';
import { known } from '../../lib/known';
import type { Splice } from '../../lib/splice';
import { Turns } from '../../lib/turns';
import type { LoadedRuntime, ModelSession } from '../runtime';
import { fromNumbers, type NamedValues, toFloats } from '../values';

const irVersion = 8;
const opset = 17;
/** onnx.proto: numbers of fields that only writing needs. */
const opsetField = 8;
const opsetFields = { version: 2 } as const;
const nodeFields = { input: 1, output: 2, opType: 4, attribute: 5 } as const;
const attributeFields = { name: 1, int: 3, type: 20 } as const;
const intType = 2;

interface TinyNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly ints?: Readonly<Record<string, number>>;
}

export class Products {
  private readonly moments: ModelSession;
  private readonly product: ModelSession;
  private readonly signal: AbortSignal;
  private readonly turns = new Turns();

  private constructor(moments: ModelSession, product: ModelSession, signal: AbortSignal) {
    this.moments = moments;
    this.product = product;
    this.signal = signal;
  }

  /** @param signal every product looks at it first */
  static async start(runtime: LoadedRuntime, signal: AbortSignal): Promise<Products> {
    const turned = { transA: 1 };
    const moments = tinyModel(
      ['X', 'Y'],
      [
        { opType: 'Gemm', inputs: ['X', 'X'], output: 'H', ints: turned },
        { opType: 'Gemm', inputs: ['X', 'Y'], output: 'B', ints: turned },
      ],
    );
    const product = tinyModel(['V', 'M'], [{ opType: 'MatMul', inputs: ['V', 'M'], output: 'P' }]);
    const first = await runtime.createSession(moments);
    try {
      return new Products(first, await runtime.createSession(product), signal);
    } catch (error) {
      await first.release();
      throw error;
    }
  }

  /** XᵀX and XᵀY, of rows × inputs and rows × outputs. @throws CheckpointError `cancelled` */
  async momentsOf(
    rows: number,
    x: Float32Array,
    inputs: number,
    y: Float32Array,
    outputs: number,
  ): Promise<{ h: Float32Array; b: Float32Array }> {
    const feeds = new Map([
      ['X', fromNumbers('F32', [rows, inputs], x)],
      ['Y', fromNumbers('F32', [rows, outputs], y)],
    ]);
    const results = await this.run(this.moments, feeds);
    return { h: toFloats(known(results, 'H')), b: toFloats(known(results, 'B')) };
  }

  /** V·M, of rows × size and size × size. */
  async times(v: Float32Array, rows: number, matrix: Float32Array, size: number): Promise<Float32Array> {
    const feeds = new Map([
      ['V', fromNumbers('F32', [rows, size], v)],
      ['M', fromNumbers('F32', [size, size], matrix)],
    ]);
    return toFloats(known(await this.run(this.product, feeds), 'P'));
  }

  private async run(session: ModelSession, feeds: NamedValues): Promise<NamedValues> {
    await this.turns.next();
    throwIfCancelled(this.signal);
    return session.run(feeds);
  }

  async release(): Promise<void> {
    await this.moments.release();
    await this.product.release();
  }
}

/** Matrices of f32 in, matrices of f32 out. */
function tinyModel(inputs: readonly string[], nodes: readonly TinyNode[]): Uint8Array<ArrayBuffer> {
  const matrix = (name: string) => valueInfo({ name, dtype: 'F32', shape: ['', ''] });
  const graph = [
    ...nodes.flatMap((node) => field(graphFields.node, nodeProto(node))),
    ...textField(graphFields.name, 'products'),
    ...inputs.flatMap((name) => field(graphFields.input, matrix(name))),
    ...nodes.flatMap(({ output }) => field(graphFields.output, matrix(output))),
  ];
  const model = [
    ...intFields(modelFields.irVersion, [irVersion]),
    ...field(modelFields.graph, graph),
    ...field(opsetField, intFields(opsetFields.version, [opset])),
  ];
  return concatenated(model.filter((piece) => piece instanceof Uint8Array));
}

function nodeProto({ opType, inputs, output, ints = {} }: TinyNode): Splice {
  return [
    ...inputs.flatMap((name) => textField(nodeFields.input, name)),
    ...textField(nodeFields.output, output),
    ...textField(nodeFields.opType, opType),
    ...Object.entries(ints).flatMap(([name, value]) =>
      field(nodeFields.attribute, [
        ...textField(attributeFields.name, name),
        ...intFields(attributeFields.int, [value]),
        ...intFields(attributeFields.type, [intType]),
      ]),
    ),
  ];
}
