/** What a smaller graph says otherwise than the one that it was made of. */
export type Adjustment =
  /** An input of a node is a list of integers, or one of them alone. */
  | {
      readonly kind: 'input';
      readonly node: number;
      readonly input: number;
      readonly ints: readonly number[];
      readonly scalar?: true;
    }
  /** An attribute has other integers. */
  | { readonly kind: 'ints'; readonly node: number; readonly attribute: string; readonly ints: readonly number[] }
  | { readonly kind: 'int'; readonly node: number; readonly attribute: string; readonly int: number }
  /** An attribute is left out. */
  | { readonly kind: 'without'; readonly node: number; readonly attribute: string };
