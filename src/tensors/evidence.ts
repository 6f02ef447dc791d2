/** What a file itself says about a tensor: it goes before anything that names, neighbours and shapes suggest. */
import type { Axes } from './axes';
import type { LayerKind } from './tensor';

export interface Declared {
  readonly kind: LayerKind;
  /** Absent: not known, or without meaning for the kind. */
  readonly axes?: Axes;
  /** In the words of a row's reason, behind the kind: `the module is a ConvTranspose2d`. */
  readonly because: string;
}
