/** The answers of torch.nn.utils.prune and of the papers' formulas, as tests/golden/methods.py writes them. */
import { readFileSync } from 'node:fs';
import type { PrunableDtype } from '../../src/tensors/dtype';
import type { LayerKind } from '../../src/tensors/tensor';

/** Bytes are base64. */
export interface MethodGolden {
  readonly tensors: readonly {
    readonly name: string;
    readonly kind: LayerKind;
    readonly outputAxis: number;
    readonly dtype: PrunableDtype;
    readonly shape: readonly number[];
    readonly bytes: string;
    readonly reference: string;
    readonly activations: string;
  }[];
  readonly cases: readonly {
    readonly recipe: unknown;
    /** By tensor that is decided for: one bit per element, the first of a byte at its top; 1 keeps. */
    readonly keeps: Readonly<Record<string, string>>;
    /** Torch left open which of equal scores go. */
    readonly tied?: true;
  }[];
}

/** @param name of the file: a dtype in lower case, or `mixed` */
export function methodGolden(name: string): MethodGolden {
  const url = new URL(`../golden/files/methods/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as MethodGolden;
}
