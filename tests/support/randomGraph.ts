/** Small convolutional networks put together at random: what shares channels with what is another thing in each. */
import { concat, number, record, text } from '../unit/formats/onnx/protobuf';

type Attribute = number | readonly number[];

interface Value {
  readonly name: string;
  readonly channels: number;
}

const size = 4;
const batch = 2;

/** @param random from 0 to 1 */
export function randomGraph(random: () => number, steps: number): Uint8Array<ArrayBuffer> {
  const builder = new Builder(random);
  const values: Value[] = [builder.conv({ name: 'x', channels: 3 }, 8)];
  const recent = () => values[Math.max(0, values.length - 1 - Math.floor(random() * 3))]!;
  for (let step = 0; step < steps; step++) {
    const value = recent();
    const choice = Math.floor(random() * 13);
    if (choice < 3) values.push(builder.conv(value, 4 * (1 + Math.floor(random() * 3))));
    else if (choice === 3) values.push(builder.grouped(value, value.channels));
    else if (choice === 4 && value.channels % 4 === 0) values.push(builder.grouped(value, 4));
    else if (choice === 5) values.push(builder.norm(value));
    else if (choice === 6)
      values.push(builder.unary(value, ['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu'][Math.floor(random() * 4)]!));
    else if (choice === 7) values.push(builder.scaled(value));
    else if (choice === 8) values.push(builder.joined(value, recent()));
    else if (choice === 9) {
      const other = values.find((each) => each.channels === value.channels && each !== value);
      if (other) values.push(builder.node('Add', [value.name, other.name], value.channels));
    } else if (choice === 10 && value.channels > 4) values.push(...builder.split(value));
    else if (choice === 11 && value.channels % 2 === 0) values.push(builder.shuffled(value));
    else if (choice === 12) values.push(random() < 0.5 ? builder.padded(value) : builder.sliced(value));
  }
  return builder.finish(values.slice(-2));
}

class Builder {
  private readonly nodes: Uint8Array[] = [];
  private readonly initializers: Uint8Array[] = [];
  private count = 0;
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  private fresh(kind: string): string {
    return `${kind}${this.count++}`;
  }

  node(
    opType: string,
    inputs: readonly string[],
    channels: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const name = this.fresh(opType);
    this.add(opType, inputs, [name], attributes);
    return { name, channels };
  }

  private add(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const written = Object.entries(attributes).map(([key, value]) =>
      typeof value === 'number'
        ? record(5, text(1, key), number(3, value), number(20, 2))
        : record(5, text(1, key), ...value.map((each) => number(8, each)), number(20, 7)),
    );
    const names = [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name))];
    this.nodes.push(record(1, ...names, text(4, opType), ...written));
  }

  private tensor(shape: readonly number[], positive = false): string {
    const name = this.fresh('w');
    const numel = shape.reduce((product, each) => product * each, 1);
    const numbers = Float32Array.from({ length: numel }, () =>
      positive ? 0.5 + this.random() : this.random() * 2 - 1,
    );
    this.store(name, shape, 1, new Uint8Array(numbers.buffer));
    return name;
  }

  private ints(...values: readonly number[]): string {
    const name = this.fresh('i');
    this.store(name, [values.length], 7, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
    return name;
  }

  private store(name: string, shape: readonly number[], type: number, bytes: Uint8Array): void {
    this.initializers.push(
      record(5, ...shape.map((each) => number(1, each)), number(2, type), text(8, name), record(9, bytes)),
    );
  }

  conv({ name, channels }: Value, filters: number): Value {
    const kernel = this.random() < 0.5 ? 1 : 3;
    const pads = kernel === 3 ? { pads: [1, 1, 1, 1] } : {};
    const weight = this.tensor([filters, channels, kernel, kernel]);
    return this.node('Conv', [name, weight, this.tensor([filters])], filters, pads);
  }

  grouped({ name, channels }: Value, group: number): Value {
    return this.node(
      'Conv',
      [name, this.tensor([channels, channels / group, 1, 1]), this.tensor([channels])],
      channels,
      { group },
    );
  }

  norm({ name, channels }: Value): Value {
    const lists = [
      this.tensor([channels]),
      this.tensor([channels]),
      this.tensor([channels]),
      this.tensor([channels], true),
    ];
    return this.node('BatchNormalization', [name, ...lists], channels);
  }

  unary({ name, channels }: Value, opType: string): Value {
    return this.node(opType, [name], channels);
  }

  scaled({ name, channels }: Value): Value {
    return this.node('Mul', [name, this.tensor([1, channels, 1, 1])], channels);
  }

  joined(a: Value, b: Value): Value {
    return this.node('Concat', [a.name, b.name], a.channels + b.channels, { axis: 1 });
  }

  split({ name, channels }: Value): Value[] {
    const parts = [4, channels - 4];
    const outputs = parts.map(() => this.fresh('Split'));
    this.add('Split', [name, this.ints(...parts)], outputs, { axis: 1 });
    return outputs.map((output, i) => ({ name: output, channels: parts[i]! }));
  }

  shuffled({ name, channels }: Value): Value {
    const halves = this.node('Reshape', [name, this.ints(0, 2, channels / 2, size, size)], channels);
    const turned = this.node('Transpose', [halves.name], channels, { perm: [0, 2, 1, 3, 4] });
    return this.node('Reshape', [turned.name, this.ints(0, -1, size, size)], channels);
  }

  padded({ name, channels }: Value): Value {
    return this.node('Pad', [name, this.ints(0, 1, 0, 0, 0, 2, 0, 0)], channels + 3);
  }

  sliced({ name, channels }: Value): Value {
    return this.node('Slice', [name, this.ints(1), this.ints(channels), this.ints(1)], channels - 1);
  }

  /** Classes of what is left of several values, and another output that is one of them. */
  finish(values: readonly Value[]): Uint8Array<ArrayBuffer> {
    const outputs = values.map((value, i) => {
      const flat = this.node('Flatten', [value.name], 0, { axis: 1 });
      const inputs = value.channels * size * size;
      this.add('Gemm', [flat.name, this.tensor([inputs, 3]), this.tensor([3])], [`y${i}`], {});
      return `y${i}`;
    });
    const tensorType = (shape: readonly number[]) =>
      record(2, record(1, number(1, 1), record(2, ...shape.map((each) => record(1, number(1, each))))));
    const graph = record(
      7,
      ...this.nodes,
      text(2, 'random'),
      ...this.initializers,
      record(11, text(1, 'x'), tensorType([batch, 3, size, size])),
      ...outputs.map((name) => record(12, text(1, name), tensorType([batch, 3]))),
    );
    return new Uint8Array(concat(number(1, 8), graph, record(8, text(1, ''), number(2, 13))));
  }
}
