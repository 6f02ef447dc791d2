/** Whether exporters have folded batch norm into the convolutions before it. */
import { type GraphNode, type ModelGraph, standardDomain } from '../tensors/graph/graph';

/** Fewer are no network that anyone would have trained with batch norm, or left without. */
const leastConvolutions = 8;

const convolutions: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'FusedConv']);

/**
 * Deep networks of convolutions are trained with a norm behind each, which has the bias: where all convolutions have biases
 * of their own and nothing normalises, the norms are in their weights. It is a sign, and no proof.
 */
export function seemsFolded({ main }: ModelGraph): boolean {
  const found = main.nodes.filter(isConvolution);
  const withBias = found.filter(({ inputs }) => (inputs[2] ?? '') !== '');
  return found.length >= leastConvolutions && withBias.length === found.length && !main.nodes.some(normalises);
}

function isConvolution({ domain, opType }: GraphNode): boolean {
  return convolutions.has(opType) && (standardDomain(domain) || domain === 'com.microsoft');
}

function normalises({ opType }: GraphNode): boolean {
  return /Norm(alization)?$/.test(opType);
}
