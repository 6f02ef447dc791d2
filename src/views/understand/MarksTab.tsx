import { UnstyledButton } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { formatInteger, formatQuantity } from '../../lib/numbers';
import { type Mark, type MarkCode, type MarkGroup, marksOf } from '../../pruning/marks/marks';
import { screen } from '../../state/screen';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import { RemarkIcon } from '../parts/remarks/RemarkIcon';
import { Looking } from './Looking';
import { oneClassMarks } from './oneClass';
import classes from './Understand.module.css';
import { showLayers } from './words';

/** More of one kind is no list that one reads. */
const mostShown = 40;

/** What stands out in the weights, each in a sentence with what one may do. */
export function MarksTab() {
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  const rows = useStudio(({ understanding }) => understanding.rows);
  const left = useStudio(({ understanding }) => understanding.left);
  const sensitivity = useStudio(({ evaluation }) => evaluation.sensitivity);
  const inputs = useStudio(({ evaluation }) => evaluation.inputs);
  const isPassing = useStudio((state) => state.resolution !== state.settled);
  const isKnown = rows !== null && left !== null;
  useEffect(() => {
    if (!isKnown && !isPassing) void studio.getState().understand('marks');
  }, [isKnown, isPassing]);
  const owners = useMemo(
    () => layers.filter(({ statistics, sameAs }) => statistics !== undefined && sameAs === undefined),
    [layers],
  );
  const groups = useMemo(
    () => marksOf(owners, { rows, left, others: oneClassMarks(sensitivity, inputs) }),
    [owners, rows, left, sensitivity, inputs],
  );
  return (
    <div className={classes.body}>
      <Looking about="marks" of="Marks">
        {isKnown && (
          <p className={classes.note} role="status">
            {groups.length === 0
              ? `Nothing stands out in the weights of ${formatQuantity(owners.length, 'tensor')}: no NaN, no dead or duplicate filters, no constants, no outliers.`
              : `All weights of ${formatQuantity(owners.length, 'tensor')} were looked at, as in the file and as the recipe leaves them.`}
          </p>
        )}
      </Looking>
      {groups.map((group) => (
        <Group key={group.code} group={group} />
      ))}
    </div>
  );
}

function Group({ group }: { readonly group: MarkGroup }) {
  const { code, severity, title, says, marks } = group;
  const id = `marks-${code}`;
  return (
    <section className={classes.group} data-severity={severity} aria-labelledby={id}>
      <div className={classes.head}>
        <RemarkIcon severity={severity} />
        <h3 id={id}>
          {title} <span className={classes.count}>{formatInteger(marks.length)}</span>
        </h3>
        <Ways code={code} marks={marks} />
      </div>
      <p className={classes.says}>{says}</p>
      <ul className={classes.marks}>
        {marks.slice(0, mostShown).map((mark) => (
          <MarkLine key={mark.tensor} mark={mark} code={code} />
        ))}
      </ul>
      {marks.length > mostShown && (
        <p className={classes.note}>{formatQuantity(marks.length - mostShown, 'more tensor', 'more tensors')}.</p>
      )}
    </section>
  );
}

/** Of these the layer is worth keeping as it is. */
const lockable: ReadonlySet<MarkCode> = new Set(['super-weight', 'outlier', 'one-class', 'constant']);

function MarkLine({ mark: { tensor, name, text }, code }: { readonly mark: Mark; readonly code: MarkCode }) {
  const isLocked = useStudio((state) => state.checkpoint?.layers[tensor]?.locked === true);
  const canLock = useStudio((state) => state.checkpoint?.layers[tensor]?.prunable === true) && lockable.has(code);
  return (
    <li>
      <span>
        <bdi>
          <b>{name}</b>
        </bdi>{' '}
        {text}
      </span>
      <span className={classes.ways}>
        {canLock && (
          <UnstyledButton
            className={classes.way}
            aria-label={`${isLocked ? 'Unlock' : 'Lock'} ${name}`}
            onClick={() => studio.getState().setLocked([tensor], !isLocked)}
          >
            {isLocked ? 'Unlock' : 'Lock'}
          </UnstyledButton>
        )}
        <UnstyledButton className={classes.way} aria-label={`Show ${name}`} onClick={() => showLayers([tensor])}>
          Show
        </UnstyledButton>
      </span>
    </li>
  );
}

/** What can be done about all of a group at once. */
function Ways({ code, marks }: { readonly code: MarkCode; readonly marks: readonly Mark[] }) {
  const canSlim = useStudio(
    ({ checkpoint, evaluation }) => checkpoint?.can.graph === true || evaluation.graph !== null,
  );
  const tensors = marks.map(({ tensor }) => tensor);
  const takesOut = (code === 'dead-rows' || code === 'emptied-rows') && canSlim;
  return (
    <span className={classes.ways}>
      {takesOut && (
        <UnstyledButton
          className={classes.way}
          onClick={() => {
            studio.getState().setSlimSettings({ target: null });
            screen.getState().close();
            void studio.getState().slimNow();
          }}
        >
          Take them out with Slim
        </UnstyledButton>
      )}
      {lockable.has(code) && marks.length > 1 && (
        <UnstyledButton className={classes.way} onClick={() => studio.getState().setLocked(tensors, true)}>
          Lock all
        </UnstyledButton>
      )}
      {marks.length > 1 && (
        <UnstyledButton className={classes.way} onClick={() => showLayers(tensors)}>
          Show all
        </UnstyledButton>
      )}
    </span>
  );
}
