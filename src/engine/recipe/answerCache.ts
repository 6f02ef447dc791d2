/** Answers that were looked up in the open checkpoint, as long as they are true and there is room for them. */
import { type Answer, type Answers, type AnswerTo, type Request, requestKey } from '../../pruning/resolution';

/** Histograms of scores are tens of KB a tensor, and every step of an iterative recipe that is edited has its own. */
const limitBytes = 256 * 2 ** 20;

interface Known {
  readonly request: Request;
  readonly answer: Answer;
  /** The recipe that needed it last, by number; -1: none yet. */
  neededBy: number;
}

/** Keeps what the last recipe needed, whatever it weighs; of the rest what was needed last. */
export class AnswerCache implements Answers {
  private readonly limit: number;
  private readonly answers = new Map<string, Known>();
  private recipe = 0;

  constructor(limit = limitBytes) {
    this.limit = limit;
  }

  /** What is kept, in the order in which it was found out. */
  get requests(): Request[] {
    return [...this.answers.values()].map(({ request }) => request);
  }

  has(request: Request): boolean {
    return this.answers.has(requestKey(request));
  }

  get<R extends Request>(request: R): AnswerTo<R> | undefined {
    const known = this.answers.get(requestKey(request));
    if (known) known.neededBy = this.recipe;
    // Set under the same request.
    return known?.answer as AnswerTo<R> | undefined;
  }

  set(request: Request, answer: Answer): void {
    this.answers.set(requestKey(request), { request, answer, neededBy: -1 });
  }

  /** Forgets answers that are no longer true. */
  forget(isUntrue: (request: Request) => boolean): void {
    for (const [key, { request }] of this.answers) if (isUntrue(request)) this.answers.delete(key);
  }

  /** Called when a recipe is settled: what is needed from here on, the next one needs. */
  finishRecipe(): void {
    let bytes = 0;
    for (const { answer } of this.answers.values()) bytes += bytesOf(answer);
    if (bytes > this.limit) {
      const oldestFirst = [...this.answers].sort(([, a], [, b]) => a.neededBy - b.neededBy);
      for (const [key, { answer, neededBy }] of oldestFirst) {
        if (bytes <= this.limit || neededBy === this.recipe) break;
        this.answers.delete(key);
        bytes -= bytesOf(answer);
      }
    }
    this.recipe++;
  }
}

/** Of its arrays; the rest is small change. */
function bytesOf(answer: Answer): number {
  if ('histogram' in answer) return answer.histogram.positive.byteLength + answer.histogram.negative.byteLength;
  if ('magnitudes' in answer) {
    return answer.magnitudes.byteLength + answer.positive.byteLength + answer.negative.byteLength;
  }
  return 'energies' in answer ? answer.energies.byteLength : 0;
}
