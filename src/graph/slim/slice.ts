/** The smaller ONNX model that a plan says: weights lose what goes, nodes say it, and every other byte stays as it is. */
import type { Checkpoint } from '../../formats/format';
import { elementsIn } from '../../formats/onnx/elements';
import { modelFields } from '../../formats/onnx/fieldNumbers';
import type { WholeModel } from '../../formats/onnx/graphProto';
import { graphsOf } from '../../formats/onnx/placedGraphs';
import type { TensorRecord } from '../../formats/onnx/tensorProto';
import { dtypeOf, isExternal } from '../../formats/onnx/tensorProto';
import { nameOfValue } from '../../formats/onnx/valueInfo';
import { edited } from '../../formats/onnx/write/edited';
import { floats, initializer, integers } from '../../formats/onnx/write/initializer';
import { editedNode } from '../../formats/onnx/write/node';
import { intFields } from '../../formats/protobuf/write';
import { CheckpointError } from '../../lib/errors';
import { at, found } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { firstPart, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { lengthOf, type Splice } from '../../lib/splice';
import { bitsOf } from '../../tensors/dtype';
import { isConstant, standardDomain } from '../../tensors/graph/graph';
import type { ByteRange } from '../../tensors/tensor';
import { keptElements, zeroedElements } from './keptElements';
import type { PlannedTensor, SlimPlan } from './plan';
import { assertFits } from './planFile';
import { constantsOf } from './shapes';

/** An open model: what was read of it, and where its bytes are. */
export interface OpenModel {
  readonly model: WholeModel;
  readonly checkpoint: Pick<Checkpoint, 'tensors' | 'storages' | 'encoded' | 'parts'>;
  /** Of the model, and of the files beside it. */
  readonly source: ByteSource;
}

/** Protobuf's limit. */
const maxModelBytes = 2 ** 31 - 1;
/** Below it, initializers had to be among the inputs, with their shapes. */
const irVersionOfPureInitializers = 4;

/**
 * One file: weights beside the model come into it.
 * @param zeroed the model as large as it was, with zeros in the place of what would go: what the smaller one is held against
 * @throws CheckpointError `invalid-recipe` for a plan of another graph; `unsupported-feature` where the result would be too large for a file, or weights cannot be taken along
 */
export async function slimModel(open: OpenModel, plan: SlimPlan, zeroed = false): Promise<Splice> {
  const { model, checkpoint, source } = open;
  const own = sourceOfPart(source, firstPart(checkpoint.parts));
  const bytesAt = ({ start, end }: ByteRange) => ({ source: own, start, end });
  assertFits(plan, model.main);
  const writing = new Writing(open, plan, zeroed);
  await writing.placeTensors();
  if (!zeroed) writing.adjust();
  writing.rewriteConstants();
  const replaced = new Map(await writing.nodeRecords(own));
  for (const [range, splice] of writing.replaced) replaced.set(range, splice);
  if (!zeroed) for (const range of await writing.valueInfosOf(own)) replaced.set(range, []);
  const early = model.irVersion < irVersionOfPureInitializers;
  const initializers = new Set(model.main.initializers.map(({ name }) => name));
  for (const { name, record } of model.main.inputs) {
    if (record && initializers.has(name) && (early || writing.changed.has(name))) replaced.set(record, []);
  }
  const version = early ? intFields(modelFields.irVersion, [irVersionOfPureInitializers]) : [];
  if (early) for (const record of model.records.irVersion) replaced.set(record, version);
  const missing = model.records.irVersion.length === 0 ? version : [];
  const splice = [...missing, ...edited(model, own.size, bytesAt, { replaced, added: writing.added })];
  if (lengthOf(splice) <= maxModelBytes) return splice;
  throw new CheckpointError(
    'unsupported-feature',
    'The smaller model would have more than 2 GB, which is more than an ONNX file may have.',
  );
}

class Writing {
  /** By record of the main graph: what takes its place. */
  readonly replaced = new Map<ByteRange, Splice>();
  /** Behind all that is in the graph. */
  readonly added: Splice[number][] = [];
  /** Initializers that have another shape, or are gone. */
  readonly changed = new Set<string>();
  /** By position of the node. */
  private readonly inputs = new Map<number, Map<number, string>>();
  private readonly attributes = new Map<number, Map<string, readonly number[] | number | undefined>>();
  private readonly gone = new Set<number>();
  private readonly names: Set<string>;
  private readonly open: OpenModel;
  private readonly plan: SlimPlan;
  private readonly zeroed: boolean;

  constructor(open: OpenModel, plan: SlimPlan, zeroed: boolean) {
    this.open = open;
    this.plan = plan;
    this.zeroed = zeroed;
    const graphs = graphsOf(open.model).map(({ graph }) => graph);
    this.names = new Set(
      graphs.flatMap(({ inputs, initializers, nodes }) => [
        ...[...inputs, ...initializers].map(({ name }) => name),
        ...nodes.flatMap(({ outputs }) => outputs),
      ]),
    );
  }

  private freshName(name: string): string {
    for (let i = 0; ; i++) {
      const fresh = `${name}_slim${i === 0 ? '' : i}`;
      if (this.names.has(fresh)) continue;
      this.names.add(fresh);
      return fresh;
    }
  }

  async placeTensors(): Promise<void> {
    const { main } = this.open.model;
    const records = new Map(constantsOf<TensorRecord>(main).map(({ name, of }) => [name, of]));
    const byName = new Map<string, PlannedTensor[]>();
    for (const tensor of this.plan.tensors) getOrInsert(byName, tensor.name, () => []).push(tensor);
    const readers = this.readers();
    for (const [name, tensors] of byName) {
      const record = found(records.get(name), `a tensor ${name}`);
      const cuts = new Map<string, PlannedTensor[]>();
      for (const tensor of tensors)
        getOrInsert(cuts, JSON.stringify([tensor.axes, tensor.neverZeroed]), () => []).push(tensor);
      const planned = tensors.flatMap(({ uses }) => uses).map(({ node, input }) => `${node} ${input}`);
      const read = readers.get(name) ?? new Set();
      const isWhole = planned.length === read.size && planned.every((use) => read.has(use));
      const stands = main.initializers.includes(record);
      for (const same of cuts.values()) {
        const tensor = at(same, 0);
        const isInPlace = isWhole && cuts.size === 1 && stands && this.readsByName(same, name);
        const written = isInPlace ? name : this.freshName(name);
        const splice = await this.initializerOf(written, record, tensor);
        if (isInPlace && record.record) this.replaced.set(record.record, splice);
        else this.added.push(...splice);
        if (!isInPlace)
          for (const { node, input } of same.flatMap(({ uses }) => uses)) this.rename(node, input, written);
      }
      if (isWhole) this.drop(name, record);
      this.changed.add(name);
    }
    await this.inlineExternal(byName);
  }

  /** By the name of a stored tensor: inputs that read it, under any name; others that would miss it have no place in the main graph. */
  private readers(): Map<string, Set<string>> {
    const { main } = this.open.model;
    const aliases = new Map<string, string>();
    for (const { opType, domain, inputs, outputs } of main.nodes) {
      const [name] = outputs;
      const [of = ''] = inputs;
      if (opType === 'Identity' && standardDomain(domain) && name) aliases.set(name, aliases.get(of) ?? of);
    }
    const readers = new Map<string, Set<string>>();
    const add = (name: string, use: string) =>
      getOrInsert(readers, aliases.get(name) ?? name, () => new Set()).add(use);
    main.nodes.forEach(({ opType, domain, inputs }, node) => {
      if (opType === 'Identity' && standardDomain(domain)) return;
      inputs.forEach((name, input) => {
        if (name !== '') add(name, `${node} ${input}`);
      });
    });
    for (const { name } of main.outputs) add(name, 'output');
    for (const { graph } of graphsOf(this.open.model)) {
      if (graph === main) continue;
      for (const { inputs } of graph.nodes) for (const name of inputs) add(name, 'within');
      for (const { name } of graph.outputs) add(name, 'within');
    }
    return readers;
  }

  /** Whether no use goes by another name. */
  private readsByName(tensors: readonly PlannedTensor[], name: string): boolean {
    const { nodes } = this.open.model.main;
    return tensors.every(({ uses }) => uses.every(({ node, input }) => nodes[node]?.inputs[input] === name));
  }

  /** What nobody reads any more. */
  private drop(name: string, record: TensorRecord): void {
    const { main } = this.open.model;
    if (record.record && !this.replaced.has(record.record)) this.replaced.set(record.record, []);
    const dead = new Set(main.initializers.includes(record) ? [] : [name]);
    const isKept = this.replaced.get(record.record ?? { start: 0, end: 0 })?.length;
    if (isKept) return;
    main.nodes.forEach((node, position) => {
      const [output = ''] = node.outputs;
      const isAlias = node.opType === 'Identity' && (dead.has(node.inputs[0] ?? '') || node.inputs[0] === name);
      if (!isAlias && !(isConstant(node) && output === name)) return;
      dead.add(output);
      this.gone.add(position);
    });
  }

  private async initializerOf(
    name: string,
    record: TensorRecord,
    { shape, axes, neverZeroed }: PlannedTensor,
  ): Promise<Splice> {
    const { source, checkpoint } = this.open;
    const elements = await elementsIn(source, checkpoint, record);
    const width = bitsOf(dtypeOf(record)) / 8;
    if (!elements)
      throw new CheckpointError('unsupported-feature', `The elements of ${record.name || name} cannot be read.`);
    if (this.zeroed) {
      const zeros = neverZeroed ? elements : zeroedElements(elements, shape, width, axes);
      return initializer(name, record.dataType, shape, [{ source: zeros, start: 0, end: zeros.size }]);
    }
    const kept = keptElements(elements, shape, width, axes);
    const sizes = shape.map((size, axis) => axes.find((each) => each.axis === axis)?.kept.length ?? size);
    return initializer(name, record.dataType, sizes, [{ source: kept, start: 0, end: kept.size }]);
  }

  /** Weights in other files come into the model. */
  private async inlineExternal(planned: ReadonlyMap<string, unknown>): Promise<void> {
    const { source, checkpoint, model } = this.open;
    const within = new Set(model.main.initializers);
    for (const { graph } of graphsOf(model)) {
      for (const { of } of constantsOf<TensorRecord>(graph)) {
        if (
          !isExternal(of) ||
          (within.has(of) && planned.has(of.name) && this.replaced.has(of.record ?? { start: 0, end: 0 }))
        )
          continue;
        const elements = within.has(of) ? await elementsIn(source, checkpoint, of) : undefined;
        if (!elements || !of.record) {
          throw new CheckpointError(
            'unsupported-feature',
            `The weights of ${of.name} are in another file, from where they cannot be taken along.`,
          );
        }
        this.replaced.set(
          of.record,
          initializer(of.name, of.dataType, of.shape, [{ source: elements, start: 0, end: elements.size }]),
        );
      }
    }
  }

  private rename(node: number, input: number, name: string): void {
    getOrInsert(this.inputs, node, () => new Map<number, string>()).set(input, name);
  }

  /** In the model with zeros, too: what goes is zero there, and left a constant. */
  rewriteConstants(): void {
    const { initializers, nodes } = this.open.model.main;
    const replaced = new Set<string>();
    for (const { node, input, values, kept } of this.plan.constants ?? []) {
      const { inputs, outputs, opType } = at(nodes, node);
      const name = this.freshName(`${outputs[0] || opType}_input${input}`);
      this.added.push(...floats(name, kept && !this.zeroed ? kept.map((index) => at(values, index)) : values));
      replaced.add(this.inputs.get(node)?.get(input) ?? inputs[input] ?? '');
      this.rename(node, input, name);
    }
    const read = new Set(
      nodes.flatMap(({ inputs }, node) => inputs.map((name, input) => this.inputs.get(node)?.get(input) ?? name)),
    );
    for (const record of initializers) {
      if (!replaced.has(record.name) || read.has(record.name)) continue;
      this.drop(record.name, record);
      this.changed.add(record.name);
    }
  }

  adjust(): void {
    for (const adjustment of this.plan.adjustments) {
      const { node } = adjustment;
      if (adjustment.kind === 'input') {
        const { outputs, opType } = at(this.open.model.main.nodes, node);
        const name = this.freshName(`${outputs[0] || opType}_input${adjustment.input}`);
        this.added.push(...integers(name, adjustment.ints, adjustment.scalar ? [] : undefined));
        this.rename(node, adjustment.input, name);
        continue;
      }
      const attributes = getOrInsert(this.attributes, node, () => new Map());
      if (adjustment.kind === 'ints') attributes.set(adjustment.attribute, adjustment.ints);
      else attributes.set(adjustment.attribute, adjustment.kind === 'int' ? adjustment.int : undefined);
    }
  }

  async nodeRecords(own: ByteSource): Promise<[ByteRange, Splice][]> {
    const records: [ByteRange, Splice][] = [];
    for (const [position, { record }] of this.open.model.main.nodes.entries()) {
      if (!record) continue;
      const [inputs, attributes] = [this.inputs.get(position), this.attributes.get(position)];
      if (this.gone.has(position)) records.push([record, []]);
      else if (inputs || attributes) {
        const bytes = (await own.read(record.start, record.end - record.start)) as Uint8Array<ArrayBuffer>;
        records.push([record, editedNode(bytes, { inputs: inputs ?? new Map(), attributes: attributes ?? new Map() })]);
      }
    }
    return records;
  }

  /** Of values that have another shape now, or are gone. */
  async valueInfosOf(own: ByteSource): Promise<ByteRange[]> {
    const changed = new Set([...this.plan.reshaped, ...this.changed]);
    const ranges: ByteRange[] = [];
    for (const range of this.open.model.main.valueInfos) {
      if (changed.has(nameOfValue(await own.read(range.start, range.end - range.start)))) ranges.push(range);
    }
    return ranges;
  }
}
