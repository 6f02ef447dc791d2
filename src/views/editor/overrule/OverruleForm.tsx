import { Button, Checkbox, NativeSelect, Radio, TextInput } from '@mantine/core';
import { type FormEvent, useId, useMemo, useState } from 'react';
import { formatQuantity } from '../../../lib/numbers';
import { exactPattern } from '../../../pruning/glob';
import { kindsByHand } from '../../../pruning/recipeHead';
import type { Layer } from '../../../state/checkpointSlice';
import { studio, useStudio } from '../../../state/store';
import type { LayerKind } from '../../../tensors/tensor';
import { axesText, dimensionLabel, kindText, matchText } from '../../parts/words/layerWords';
import {
  type Draft,
  draftOf,
  faultOf,
  hasAxes,
  isSettable,
  likesOf,
  misfit,
  namedBy,
  type Side,
  saidBy,
  withDimension,
} from './draft';
import classes from './OverruleForm.module.css';

interface OverruleFormProps {
  readonly layer: Layer;
  /** The same tensor as the file has it. */
  readonly asOpened: Layer;
  readonly layers: readonly Layer[];
  onDone(): void;
}

/** Kind and axes, of one tensor or of all that a pattern names. */
export function OverruleForm({ layer, asOpened, layers, onDone }: OverruleFormProps) {
  const [draft, setDraft] = useState(() => draftOf(layer));
  const selected = useSelected(layers);
  const [target, setTarget] = useState<Target>(() =>
    selected.length > 1 && studio.getState().editScope === 'selected' ? 'selected' : 'tensor',
  );
  const [pattern, setPattern] = useState(() => likesOf(layer.name));
  const matched = useMemo(() => namedBy(pattern, layers), [pattern, layers]);
  const meant = { tensor: [layer], selected, pattern: matched }[target];
  const tensors = target === 'pattern' ? [pattern] : meant.map(({ name }) => exactPattern(name));
  const said = saidBy(draft, asOpened, target !== 'tensor');
  const small = misfit(said, meant);
  const fault =
    meant.length === 0
      ? 'No tensor matches this pattern.'
      : small
        ? `${small.name} has only ${formatQuantity(small.shape.length, 'dimension')}.`
        : faultOf(draft, layer.shape);
  const withFault = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fault !== undefined) return;
    onDone();
    studio.getState().overrule(tensors, said);
  };
  const forget = () => {
    onDone();
    studio.getState().overrule(tensors, undefined);
  };

  const radio = (value: Target) => {
    return { size: 'xs', name: 'apply', checked: target === value, onChange: () => setTarget(value) } as const;
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.help}>
        The file says: <bdi>{kindText(asOpened)}</bdi>
        {asOpened.axes && `; ${axesText(asOpened)}`}
      </p>
      <NativeSelect
        size="xs"
        label="Kind"
        data-autofocus
        value={draft.kind}
        onChange={(event) => setDraft({ ...draft, kind: event.currentTarget.value as LayerKind })}
        data={kindsByHand.map((kind) => ({ value: kind, label: kind }))}
      />
      {hasAxes(draft, layer.shape) && (
        <>
          <Dimensions side="outputs" draft={draft} shape={layer.shape} onChange={setDraft} />
          <Dimensions side="inputs" draft={draft} shape={layer.shape} onChange={setDraft} />
        </>
      )}
      <fieldset className={classes.field}>
        <legend>Apply to</legend>
        <Radio {...radio('tensor')} label="This tensor" />
        {selected.length > 1 && (
          <Radio {...radio('selected')} label={`The ${formatQuantity(selected.length, 'tensor')} selected`} />
        )}
        <Radio {...radio('pattern')} label="All tensors whose name matches" />
        <TextInput
          size="xs"
          aria-label="Pattern"
          value={pattern}
          onChange={(event) => {
            setPattern(event.currentTarget.value);
            setTarget('pattern');
          }}
          spellCheck={false}
          autoComplete="off"
        />
        <output className={classes.help}>{matchedText(matched, layer)}</output>
      </fieldset>
      {fault !== undefined && (
        <p id={withFault} className={classes.fault}>
          {fault}
        </p>
      )}
      <div className={classes.buttons}>
        <Button onClick={forget}>As the file says</Button>
        <Button
          type="submit"
          variant="filled"
          disabled={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : withFault}
        >
          Apply
        </Button>
      </div>
    </form>
  );
}

type Target = 'tensor' | 'selected' | 'pattern';

/** Of the rows selected, those that a hand can set. */
function useSelected(layers: readonly Layer[]): Layer[] {
  const selection = useStudio((state) => state.selection);
  return useMemo(
    () => layers.filter((layer) => selection.includes(layer.id) && isSettable(layer)),
    [layers, selection],
  );
}

interface DimensionsProps {
  readonly side: Side;
  readonly draft: Draft;
  readonly shape: readonly number[];
  onChange(draft: Draft): void;
}

/** One box a dimension. */
function Dimensions({ side, draft, shape, onChange }: DimensionsProps) {
  return (
    <fieldset className={classes.field}>
      <legend>{side === 'outputs' ? 'Outputs' : 'Inputs'}</legend>
      <div className={classes.dimensions}>
        {shape.map((size, dimension) => (
          <Checkbox
            // biome-ignore lint/suspicious/noArrayIndexKey: a dimension is its place
            key={dimension}
            size="xs"
            label={dimensionLabel(dimension, size)}
            checked={draft[side].includes(dimension)}
            onChange={(event) => onChange(withDimension(draft, side, dimension, event.currentTarget.checked))}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** How many a pattern names, and that axes are for those with as many dimensions. */
function matchedText(matched: readonly Layer[], { shape }: Layer): string {
  const others = matched.filter((each) => each.shape.length !== shape.length).length;
  if (others === 0) return matchText(matched.length);
  return `${matchText(matched.length)}, ${formatQuantity(others, 'of them has', 'of them have')} other dimensions`;
}
