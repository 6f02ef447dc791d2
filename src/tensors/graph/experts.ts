/** The weights of ONNX Runtime's MoE, whose layout changed between versions, and the layer that sends tokens to experts. */
import { at } from '../../lib/known';
import { type Axes, axesAt } from '../axes';
import type { GraphNode } from './graph';
import { besides, type Operand } from './operand';
import { lookUp, type Scope } from './scopes';

/** Inputs of com.microsoft.MoE. */
const inputs = { router: 1, fc1: 2, fc1Bias: 3, fc2: 4, fc2Bias: 5 } as const;

/**
 * Older versions have (experts, inputs, outputs), newer ones (experts, outputs, inputs). Biases and the router's weight
 * tell them apart where fc1 and fc2 alone do not; of gated layers fc1 has two halves.
 * @returns undefined where both fit, or neither does
 */
export function expertAxes(operand: Operand): Axes | undefined {
  if (operand.sizes?.length !== 3) return undefined;
  const shapes = {
    fc1: besides(operand, inputs.fc1)?.shape,
    fc2: besides(operand, inputs.fc2)?.shape,
    fc1Bias: besides(operand, inputs.fc1Bias)?.shape,
    fc2Bias: besides(operand, inputs.fc2Bias)?.shape,
  };
  const { fc1, fc2 } = shapes;
  if (fc1?.length !== 3 || fc2?.length !== 3) return undefined;
  const hidden = routedSize(operand);
  const fits = (outputs: number, inputsAt: number) => {
    const [fc1Out, fc1In] = [at(fc1, outputs), at(fc1, inputsAt)];
    const [fc2Out, fc2In] = [at(fc2, outputs), at(fc2, inputsAt)];
    return (
      fc1In === fc2Out &&
      (fc1Out === fc2In || fc1Out === 2 * fc2In) &&
      (hidden ?? fc1In) === fc1In &&
      (shapes.fc1Bias?.[1] ?? fc1Out) === fc1Out &&
      (shapes.fc2Bias?.[1] ?? fc2Out) === fc2Out
    );
  };
  const [older, newer] = [fits(2, 1), fits(1, 2)];
  if (older === newer) return undefined;
  return older ? axesAt(2, 1, 0) : axesAt(1, 2, 0);
}

/** How many numbers a token has, told by the product that computes the router's logits. */
function routedSize({ node, scope }: Operand): number | undefined {
  const name = node.inputs[inputs.router];
  const producer = name ? lookUp(scope, name).producer : undefined;
  if (producer?.opType !== 'MatMul') return undefined;
  const weight = besides({ node: producer, scope }, 1)?.shape;
  return weight?.length === 2 ? weight[0] : undefined;
}

/** What may stand between a router's product and the experts. */
const afterRouter: ReadonlySet<string> = new Set([
  'Add',
  'Softmax',
  'Cast',
  'Reshape',
  'Identity',
  'Squeeze',
  'Flatten',
]);
const maxSteps = 8;

/** Whether the node computes what an MoE's tokens are routed by. */
export function routesTokens(node: GraphNode, scope: Scope): boolean {
  let names = node.outputs.slice(0, 1);
  for (let step = 0; step < maxSteps && names.length > 0; step++) {
    const uses = names.flatMap((name) => lookUp(scope, name).uses.slice(0, maxSteps)).slice(0, maxSteps);
    if (uses.some((use) => isExperts(use.node) && use.input === inputs.router)) return true;
    names = uses.filter((use) => afterRouter.has(use.node.opType)).flatMap((use) => use.node.outputs.slice(0, 1));
  }
  return false;
}

function isExperts({ opType, domain }: GraphNode): boolean {
  return domain === 'com.microsoft' && (opType === 'MoE' || opType === 'QMoE');
}
