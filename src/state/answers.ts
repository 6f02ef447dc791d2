/** What was looked up in the open checkpoint, and when it is no longer true. */
import type { AnswerCache } from '../engine/recipe/answerCache';
import type { Criterion } from '../pruning/recipe';
import type { Program, Request } from '../pruning/resolution';

/** Forgets everything that scores by a criterion are part of: what they are made of beside the weights has changed. */
export function forgetScoresBy(criterion: Criterion, answers: AnswerCache): void {
  answers.forget((request) => isScoredBy(criterion, request));
}

/** Whether what is asked, or what is left by then, goes by a criterion. */
function isScoredBy(criterion: Criterion, request: Request): boolean {
  const asked = request.kind === 'bin' || request.kind === 'scores' ? request.score.criterion : undefined;
  return asked === criterion || masksBy(criterion, request.after);
}

function masksBy(criterion: Criterion, program: Program): boolean {
  // Of a copy: the masks of its original, which is no copy.
  const own = program.flatMap((mask) => (mask.kind === 'same' ? mask.program : [mask]));
  return own.some((mask) => mask.kind !== 'same' && mask.score.criterion === criterion);
}
