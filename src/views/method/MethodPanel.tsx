import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatQuantity } from '../../lib/numbers';
import { type Criterion, criteria, criterionOf, factsOf } from '../../pruning/criteria/criteria';
import { type Granularity, granularityOf } from '../../pruning/granularities/granularities';
import { areGroups } from '../../pruning/granularities/granularity';
import { scopeOf } from '../../pruning/scopes/scopes';
import { layersReached } from '../../state/reach';
import { studio, useStudio } from '../../state/store';
import { classNames } from '../parts/classNames';
import { ChoiceField, type Words } from '../parts/fields/ChoiceField';
import { NumberSetting } from '../parts/fields/NumberSetting';
import { scopeFigures } from '../parts/scores/scopeFigures';
import { useLatest } from '../parts/useLatest';
import { ActivationField } from './ActivationField';
import { type Choice, changed, choiceOf, methodOf, type Sharing, sharingsFor } from './choice';
import { GranularityFields } from './GranularityFields';
import classes from './MethodPanel.module.css';
import { ReferenceField } from './ReferenceField';
import { RefusingText } from './RefusingText';
import { refusalsOf, scopeMethodOf } from './scopeMethod';
import { UnitsText, whyNoUnits } from './UnitsText';

/** How the edit scope is pruned: what is ranked, what goes together, and how an amount is shared out. */
export function MethodPanel() {
  const layers = useStudio(useShallow(layersReached));
  const scope = useStudio((state) => state.editScope);
  const deciding = useStudio((state) => state.deciding);
  const allCandidates = useStudio((state) => state.candidates);
  const candidates = useMemo(() => {
    const ids = new Set(layers.map(({ id }) => id));
    return allCandidates.filter(({ id }) => ids.has(id));
  }, [allCandidates, layers]);
  const method = useMemo(() => scopeMethodOf(candidates, deciding), [candidates, deciding]);
  /** A criterion that was chosen and lacks what it needs. */
  const [wanted, setWanted] = useState<{ readonly criterion: Criterion; readonly layers: unknown } | null>(null);
  /** The layers for which channels that go together were chosen, while they are found. */
  const [wantsUnits, setWantsUnits] = useState<unknown>(null);
  const noUnits = useStudio(whyNoUnits);
  const isSingle = candidates.length === 1;
  const choice = method ? choiceOf(method.rule) : initialChoice;
  const criterion = wanted?.layers === layers ? wanted.criterion : choice.criterion;

  const apply = (change: Partial<Choice>) => {
    // Another choice leaves open what is waited for.
    if (change.criterion !== undefined) setWanted(null);
    setWantsUnits(null);
    const after = changed(choice, change, isSingle);
    const { settled, setMethod } = studio.getState();
    const { weights, pruned } = scopeFigures(layers, settled.outcomes, 0);
    const present = { share: weights === 0 ? 0 : pruned / weights, isWhole: scope === 'model' };
    setMethod(methodOf(after, method?.rule, present));
  };
  /** Which channels go together may have to be found first. */
  const applyUnits = useLatest((change: Partial<Choice>, of: unknown) => of === layers && apply(change));
  const choose = async (change: Partial<Choice>) => {
    const isOfUnits = change.granularity !== undefined && granularityOf(change.granularity).takes === 'units';
    if (!isOfUnits || studio.getState().channels) {
      apply(change);
      return;
    }
    setWantsUnits(layers);
    const channels = await studio.getState().findChannels();
    if (channels) applyUnits(change, layers);
    else setWantsUnits(null);
  };
  const chooseCriterion = (chosen: Criterion) => {
    if (method && chosen === choice.criterion) {
      setWanted(null);
      return;
    }
    const after = changed(choice, { criterion: chosen }, isSingle);
    const refusing = refusalsOf({ ...after, scope: 'layer' }, candidates);
    if (needsMore(chosen) && refusing.length === candidates.length) setWanted({ criterion: chosen, layers });
    else apply({ criterion: chosen });
  };
  const isPending = criterion !== choice.criterion;
  // What it lacked took a while to come: other choices may have been made, of other layers, too.
  const useWanted = useLatest(() => isPending && apply({ criterion }));
  const { takes } = granularityOf(choice.granularity);
  const { need } = factsOf(criterion);
  const sharings = sharingsFor(choice, isSingle);
  const shownSharings = sharings.includes(choice.sharing) ? sharings : [choice.sharing, ...sharings];
  return (
    <fieldset className={classes.panel} aria-label="Method">
      <ChoiceField
        label="Criterion"
        value={criterion}
        options={criteria.map(({ name }) => ({ value: name, words: criterionWords(name, choice.granularity) }))}
        pending={
          isPending
            ? `Not in use yet: pruned by ${criterionOf(choice.criterion).label} until it has what it needs.`
            : undefined
        }
        onChange={chooseCriterion}
      />
      <GranularityFields
        choice={choice}
        candidates={candidates}
        noUnits={noUnits}
        pending={wantsUnits === layers ? 'Finding what goes together…' : undefined}
        onChange={choose}
      />
      {takes === 'units' && <UnitsText />}
      {sharings.length > 0 && (
        <ChoiceField
          label="Shared out by"
          value={choice.sharing}
          options={shownSharings.map((value) => ({ value, words: sharingWords(value, isSingle) }))}
          onChange={(sharing) => apply({ sharing })}
        />
      )}
      {choice.sharing === 'sigma' && (
        <NumberSetting
          label="Sigma"
          help="Standard deviations of the layer (torch.std)."
          value={choice.sigma}
          isFraction
          least={0}
          onChange={(sigma) => apply({ sigma })}
        />
      )}
      {takes !== 'patterns' && (
        <NumberSetting
          label="Floor"
          unit="%"
          help="At least so much of each layer stays (keep)."
          value={Math.round(choice.keep * 1e6) / 1e4}
          isFraction
          least={0}
          most={100}
          onChange={(percent) => apply({ keep: percent / 100 })}
        />
      )}
      {need === 'seed' && (
        <NumberSetting
          label="Seed"
          help="One seed, one mask on every machine (seed)."
          value={choice.seed}
          least={0}
          most={2 ** 32 - 1}
          onChange={(seed) => apply({ seed })}
        >
          <Button size="compact-sm" onClick={() => apply({ seed: (choice.seed + 1) % 2 ** 32 })}>
            Draw again
          </Button>
        </NumberSetting>
      )}
      {need === 'reference' && <ReferenceField onOpened={useWanted} />}
      {(need === 'norms' || need === 'moments') && <ActivationField of={need} isWanted={isPending} onUse={useWanted} />}
      {isPending && (
        <Button size="compact-sm" className={classNames(classes.back)} onClick={() => setWanted(null)}>
          Stay with {criterionOf(choice.criterion).label}
        </Button>
      )}
      {method && <RefusingText refusing={method.refusing} />}
      {method && method.apart > 0 && (
        <p className={classes.whole}>
          {formatQuantity(method.apart, 'layer')} of these {method.apart === 1 ? 'has' : 'have'} an amount of{' '}
          {method.apart === 1 ? 'its' : 'their'} own; a change here takes its place.
        </p>
      )}
      {!method && candidates.length > 1 && (
        <p className={classes.whole}>Several methods here; what is chosen takes the place of all of them.</p>
      )}
    </fieldset>
  );
}

const initialChoice: Choice = {
  criterion: 'magnitude',
  granularity: 'weight',
  sharing: 'layer',
  keep: 0,
  seed: 0,
  sigma: 1,
};

/** Criteria that compare with something that may not be there. */
function needsMore(criterion: Criterion): boolean {
  const { need } = factsOf(criterion);
  return need === 'reference' || need === 'norms' || need === 'moments';
}

function criterionWords(criterion: Criterion, granularity: Granularity): Words {
  const { label, help, groups } = criterionOf(criterion);
  const record = granularityOf(granularity);
  if (record.takes === 'units' && criterion === record.criteria[0]) return record.scored;
  const isGrouped = areGroups(record);
  return { label, help: (isGrouped && !('because' in groups) && groups.help) || help };
}

const sigmaWords: Words = { label: 'sigma (k · std)', help: 'All up to k deviations of its layer goes (sigma).' };

function sharingWords(sharing: Sharing, isSingle: boolean): Words {
  if (sharing === 'sigma') return sigmaWords;
  const scope = scopeOf(sharing);
  return (isSingle && scope.alone) || scope;
}
