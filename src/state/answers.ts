/** What was looked up in the open checkpoint, and when it is no longer true. */
import type { AnswerCache } from '../engine/recipe/answerCache';
import { factsOf } from '../pruning/criteria/criteria';
import type { Need } from '../pruning/criteria/criterion';
import type { Program, Request } from '../pruning/resolution';

/** Forgets everything that scores are part of which are made of more than the weights: that has changed. */
export function forgetScoresBy(need: Need, answers: AnswerCache): void {
  answers.forget((request) => isScoredBy(need, request));
}

/** Whether what is asked, or what is left by then, goes by what is needed. */
function isScoredBy(need: Need, request: Request): boolean {
  const asked = request.kind === 'bin' || request.kind === 'scores' ? factsOf(request.score.criterion).need : undefined;
  return asked === need || masksBy(need, request.after);
}

function masksBy(need: Need, program: Program): boolean {
  // Of a copy: the masks of its original, which is no copy.
  const own = program.flatMap((mask) => (mask.kind === 'same' ? mask.program : [mask]));
  return own.some((mask) => 'score' in mask && factsOf(mask.score.criterion).need === need);
}
