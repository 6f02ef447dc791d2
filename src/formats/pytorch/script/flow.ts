/** Where values go in TorchScript's code: from fields and constants, through variables and calls, to operators. */
import { at } from '../../../lib/known';

/** How a value differs from the one it came from. */
export type Step =
  | { readonly kind: 'same' }
  /** Multiplied or divided by something. */
  | { readonly kind: 'scaled' }
  /** The last two dimensions, or two by number (negative ones from the end). */
  | { readonly kind: 'swap'; readonly a: number; readonly b: number }
  | { readonly kind: 'permute'; readonly order: readonly number[] }
  | { readonly kind: 'reverse' };

/** What an operator takes a value as. */
export interface Use {
  /** `torch.conv2d` */
  readonly operator: string;
  readonly as: UsedAs;
}

export type UsedAs =
  | 'conv'
  | 'transposed'
  | 'convTimeLast'
  | 'linear'
  | 'left'
  | 'factor'
  | 'bilinear'
  | 'embedding'
  | 'norm'
  | 'prelu'
  | 'recurrent'
  | 'statistics'
  | 'bias'
  | { readonly outputs: readonly number[]; readonly inputs: readonly number[]; readonly copies: readonly number[] };

interface Edge {
  readonly to: number;
  readonly step: Step;
}

/** Edges and uses together; code that needs more says nothing. */
const maxEdges = 2 ** 20;

export class Flow {
  private readonly ids = new Map<string, number>();
  private readonly edges: Edge[][] = [];
  private readonly used: Use[][] = [];
  private count = 0;

  get isTooLarge(): boolean {
    return this.count > maxEdges;
  }

  /** @param key of a place that holds values: unique among all */
  node(key: string): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.add();
    this.ids.set(key, id);
    return id;
  }

  find(key: string): number | undefined {
    return this.ids.get(key);
  }

  /** A value without a name that comes from another. */
  derived(from: number, step: Step): number {
    const id = this.add();
    this.connect(from, id, step);
    return id;
  }

  connect(from: number, to: number, step: Step = { kind: 'same' }): void {
    if (++this.count <= maxEdges) at(this.edges, from).push({ to, step });
  }

  use(node: number, use: Use): void {
    if (++this.count <= maxEdges) at(this.used, node).push(use);
  }

  edgesOf(node: number): readonly Edge[] {
    return at(this.edges, node);
  }

  usesOf(node: number): readonly Use[] {
    return at(this.used, node);
  }

  private add(): number {
    this.used.push([]);
    return this.edges.push([]) - 1;
  }
}
