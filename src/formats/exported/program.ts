/**
 * What the graph of an exported program says of its parameters (torch/_export/serde/schema.py): the ATen operator that uses each, over
 * the names that its inputs have. Views of a parameter (a transposed matrix) are followed.
 */
import { axesAt } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';
import { entriesIn, isRecord, textIn } from './json';

/** A value of the graph that is a parameter, perhaps turned. */
interface Value {
  readonly parameter: string;
  readonly isTurned: boolean;
}

const views = /^torch\.ops\.aten\.(permute|t|transpose|detach|detach_|alias|clone|contiguous|to|_to_copy)\./;
const turning = /^torch\.ops\.aten\.(permute|t|transpose)\./;

/** By the name of the parameter. @param model the content of `models/NAME.json` */
export function declarationsIn(model: unknown): Map<string, Declared> {
  const declared = new Map<string, Declared>();
  const module = isRecord(model) && isRecord(model.graph_module) ? model.graph_module : {};
  const graph = isRecord(module.graph) ? module.graph : {};
  const values = inputsOf(module.signature);
  for (const node of Array.isArray(graph.nodes) ? graph.nodes : []) {
    const target = isRecord(node) ? textIn(node.target) : undefined;
    if (target === undefined || !isRecord(node)) continue;
    const named = argumentsOf(node.inputs);
    const first = values.get(tensorIn(named[0]?.argument) ?? '');
    if (views.test(target)) {
      const output = Array.isArray(node.outputs) ? tensorIn(node.outputs[0]) : undefined;
      if (output !== undefined && first) {
        values.set(output, { ...first, isTurned: first.isTurned !== turning.test(target) });
      }
      continue;
    }
    for (const [parameter, declaration] of usesIn(target, named, values)) {
      // What is looked up under any of its uses is a table.
      if (!declared.has(parameter) || declaration.kind === 'embedding') declared.set(parameter, declaration);
    }
  }
  return declared;
}

interface Argument {
  readonly name: string;
  readonly argument: unknown;
}

function argumentsOf(inputs: unknown): Argument[] {
  if (!Array.isArray(inputs)) return [];
  return inputs.map((input) =>
    isRecord(input) ? { name: textIn(input.name) ?? '', argument: input.arg } : { name: '', argument: undefined },
  );
}

function tensorIn(argument: unknown): string | undefined {
  return isRecord(argument) && isRecord(argument.as_tensor) ? textIn(argument.as_tensor.name) : undefined;
}

function tensorsIn(argument: unknown): string[] {
  if (!isRecord(argument) || !Array.isArray(argument.as_tensors)) return [];
  return argument.as_tensors.flatMap((each) => (isRecord(each) ? (textIn(each.name) ?? []) : []));
}

/** The graph's names of parameters and buffers. */
function inputsOf(signature: unknown): Map<string, Value> {
  const values = new Map<string, Value>();
  const specs = isRecord(signature) && Array.isArray(signature.input_specs) ? signature.input_specs : [];
  for (const spec of specs) {
    for (const [, said] of entriesIn(spec)) {
      if (!isRecord(said) || !isRecord(said.arg)) continue;
      const value = textIn(said.arg.name);
      const parameter = textIn(said.parameter_name) ?? textIn(said.buffer_name) ?? textIn(said.tensor_constant_name);
      if (value !== undefined && parameter !== undefined) values.set(value, { parameter, isTurned: false });
    }
  }
  return values;
}

function usesIn(target: string, named: readonly Argument[], values: ReadonlyMap<string, Value>): [string, Declared][] {
  const operator = target.replace(/^torch\.ops\.aten\./, '').replace(/\.\w+$/, '');
  const because = `used by aten.${operator}`;
  const used = (...names: string[]) => {
    const argument = named.find(({ name }) => names.includes(name))?.argument;
    return values.get(tensorIn(argument) ?? '');
  };
  const weight = used('weight');
  const found: [string, Declared][] = [];
  const say = (value: Value | undefined, declaration: Declared) => {
    if (value) found.push([value.parameter, declaration]);
  };
  if (/^(conv\w*|_convolution)$/.test(operator)) {
    const isTransposed = /^conv_transpose/.test(operator) || named.some(isTrue('transposed'));
    say(weight, { kind: 'conv', because, axes: isTransposed ? axesAt(1, 0) : axesAt(0, 1) });
    say(used('bias'), { kind: 'bias', because });
  } else if (operator === 'linear') {
    say(weight, { kind: 'linear', because, axes: weight?.isTurned ? axesAt(1, 0) : axesAt(0, 1) });
    say(used('bias'), { kind: 'bias', because });
  } else if (/^embedding/.test(operator)) {
    say(weight, { kind: 'embedding', because, axes: axesAt(0, 1) });
  } else if (/norm/.test(operator)) {
    say(weight, { kind: 'norm', because });
    say(used('bias'), { kind: 'bias', because });
    say(used('running_mean'), { kind: 'buffer', because });
    say(used('running_var'), { kind: 'buffer', because });
  } else if (/^(mm|addmm|matmul|bmm|baddbmm)$/.test(operator)) {
    // The second factor is (inputs, outputs), where nothing turned it.
    const factor = used('mat2', 'other', 'batch2');
    say(factor, { kind: 'linear', because, axes: factor?.isTurned ? axesAt(0, 1) : axesAt(1, 0) });
    if (operator === 'addmm') say(used('self'), { kind: 'bias', because });
  } else if (/prelu$/.test(operator)) {
    say(weight, { kind: 'prelu', because });
  } else if (/^(lstm|gru|rnn_\w+)$/.test(operator)) {
    for (const name of tensorsIn(named.find((each) => each.name === 'params')?.argument)) {
      const value = values.get(name);
      const isBias = /bias/.test(value?.parameter ?? '');
      say(value, isBias ? { kind: 'bias', because } : { kind: 'recurrent', because, axes: axesAt(0, 1) });
    }
  }
  return found;
}

function isTrue(flag: string): (argument: Argument) => boolean {
  return ({ name, argument }) => name === flag && isRecord(argument) && argument.as_bool === true;
}
