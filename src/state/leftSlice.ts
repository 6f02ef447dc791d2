/** The weights that a pattern leaves, for the histogram: where no threshold says it, a pass over the tensors does. */
import { at } from '../lib/known';
import type { Program, Request } from '../pruning/resolution';
import type { TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import type { RecipeSlice } from './recipeSlice';

export interface LeftSlice {
  /** By tensor, of the programs they were measured with: what stays. */
  left: ReadonlyMap<TensorId, { readonly program: Program; readonly statistics: TensorStatistics }>;
  /** Measures what the committed recipe leaves of these tensors. The last call counts; one that fails leaves nothing. */
  measureLeft(ids: readonly TensorId[]): void;
}

type Known = LeftSlice & CheckpointSlice & RecipeSlice;

export function createLeftSlice({ get, set, engine, answers }: StudioContext<Known>): LeftSlice {
  let underWay: AbortController | undefined;
  return {
    left: new Map(),
    measureLeft: (ids) => {
      underWay?.abort();
      const controller = new AbortController();
      underWay = controller;
      const { settled, checkpoint } = get();
      const requests = ids.flatMap((tensor): Request[] => {
        const after = settled.outcomes.get(tensor)?.program ?? [];
        return after.length === 0 ? [] : [{ kind: 'scores', tensor, score: { criterion: 'magnitude' }, after }];
      });
      const missing = requests.filter((request) => !answers.has(request));
      const show = () => {
        const left = new Map<TensorId, { program: Program; statistics: TensorStatistics }>();
        for (const request of requests) {
          const answer = answers.get(request);
          if (answer && 'histogram' in answer) {
            left.set(request.tensor, { program: request.after, statistics: answer });
          }
        }
        set({ left });
      };
      if (missing.length === 0) {
        show();
        return;
      }
      engine
        .call('lookUp', { requests: missing }, { signal: controller.signal })
        .then((found) => {
          if (controller.signal.aborted || get().checkpoint !== checkpoint) return;
          found.forEach((answer, i) => {
            answers.set(at(missing, i), answer);
          });
          show();
        })
        // A picture of the shares less; what is wrong with the file is said where it is asked for.
        .catch(() => undefined);
    },
  };
}
