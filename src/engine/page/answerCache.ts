/** Answers that were looked up, as long as there is room for them. */
import type { Answer } from '../../pruning/resolution';

/** Histograms of scores are tens of KB a tensor, and every step of an iterative recipe that is edited has its own. */
const limitBytes = 256 * 2 ** 20;

/** Keeps what the last recipe needed, whatever it weighs; of the rest what was needed last. */
export class AnswerCache extends Map<string, Answer> {
  private readonly limit: number;
  /** The recipe that needed each answer last, by number. */
  private readonly needed = new Map<string, number>();
  private recipe = 0;

  constructor(limit = limitBytes) {
    super();
    this.limit = limit;
  }

  override get(key: string): Answer | undefined {
    const answer = super.get(key);
    if (answer) this.needed.set(key, this.recipe);
    return answer;
  }

  override delete(key: string): boolean {
    this.needed.delete(key);
    return super.delete(key);
  }

  /** Called when a recipe is settled: what is needed from here on, the next one needs. */
  finishRecipe(): void {
    let bytes = 0;
    for (const answer of this.values()) bytes += bytesOf(answer);
    if (bytes > this.limit) {
      const lastNeeded = (key: string) => this.needed.get(key) ?? -1;
      const oldestFirst = [...this].sort(([a], [b]) => lastNeeded(a) - lastNeeded(b));
      for (const [key, answer] of oldestFirst) {
        if (bytes <= this.limit || lastNeeded(key) === this.recipe) break;
        this.delete(key);
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
