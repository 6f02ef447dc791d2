/** Answers to what a resolution lacks. */

import { CheckpointError } from '../../lib/errors';
import { known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { Answer, Request } from '../../pruning/resolution';
import { requestKey } from '../../pruning/resolution';
import { isOfWeights } from '../../pruning/score';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { Unit } from '../reading/units';
import { groupScoresKey, groupStatistics, refinedGroups } from './groupScores';
import type { Measurable } from './measurable';
import { type Pass, Passes } from './passes';
import { type PlainPasses, passesHere } from './plainPasses';
import { BinQuestion, CountsQuestion, EnergiesQuestion, StatisticsQuestion } from './questions';

/**
 * As few passes over the file as the requests allow (one, unless groups are scored after other groups went).
 * @returns answers in the order of `requests`
 * @throws CheckpointError `unsupported-feature` where a score needs what is not there; `cancelled`
 */
export async function lookUp(
  measurable: Measurable,
  units: readonly Unit[],
  requests: readonly Request[],
  context: CallContext,
  { refine }: PlainPasses = passesHere,
): Promise<Answer[]> {
  if (requests.every(isPlainBin)) return lookIntoBins(measurable, units, requests, context, refine);
  const { kernels } = measurable;
  const passes = new Passes(measurable, units);
  const planned = requests.map((request) => plan(passes, measurable, request));
  const groups = await passes.run(context);
  return Promise.all(
    requests.map(async (request, i): Promise<Answer> => {
      const pass = planned[i];
      if (pass) return pass.answerTo(requestKey(request)) as Answer;
      const { tensor, score, after } = request as Extract<Request, { kind: 'bin' | 'scores' }>;
      const scores = known(groups, groupScoresKey(tensor, score, after));
      return request.kind === 'bin' ? refinedGroups(kernels, scores, request.bin) : groupStatistics(kernels, scores);
    }),
  );
}

type BinRequest = Extract<Request, { kind: 'bin' }>;

/** Whether it asks about weights as they are. */
function isPlainBin(request: Request): request is BinRequest {
  return request.kind === 'bin' && request.after.length === 0 && isOfWeights(request.score);
}

async function lookIntoBins(
  measurable: Measurable,
  units: readonly Unit[],
  requests: readonly BinRequest[],
  context: CallContext,
  refine: PlainPasses['refine'],
): Promise<Answer[]> {
  const bins = new Map<TensorId, number[]>();
  for (const { tensor, bin } of requests) {
    const ofTensor = getOrInsert(bins, tensor, () => []);
    if (!ofTensor.includes(bin)) ofTensor.push(bin);
  }
  const concerned = units.filter(({ tensor }) => bins.has(tensor));
  const refined = await refine(measurable, concerned, bins, context);
  return requests.map(({ tensor, bin }) => {
    const found = refined.get(tensor)?.find((one) => one.bin === bin);
    if (!found) throw new CheckpointError('internal', `Tensor ${tensor} was asked about, and it is not measured.`);
    return found;
  });
}

/** @returns the pass that answers; undefined where scores of groups do */
function plan(passes: Passes, measurable: Measurable, request: Request): Pass | undefined {
  const { kind, tensor, after } = request;
  if ((kind === 'scores' || kind === 'bin') && request.score.groups) {
    passes.scoreGroups(tensor, request.score, after);
    return undefined;
  }
  const pass = passes.over(tensor, after);
  pass.ask(requestKey(request), (unit) => {
    switch (kind) {
      case 'scores':
        return new StatisticsQuestion(measurable, unit, request.score);
      case 'bin':
        return new BinQuestion(measurable, unit, request.score, request.bin);
      case 'energies':
        return new EnergiesQuestion(measurable, unit);
      case 'counts':
        return new CountsQuestion();
    }
  });
  return pass;
}
