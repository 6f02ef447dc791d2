import { Button, NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { found } from '../../../lib/known';
import { formatQuantity, formatShape } from '../../../lib/numbers';
import type { ArrayUse, GivenArray } from '../../../state/evaluation';
import { labelOf } from '../../../tensors/dtype';
import { classNames } from '../../parts/classNames';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import dialog from '../Dialog.module.css';
import classes from './Form.module.css';
import { choiceOf, type GivenArrays, meantBy, type SourceFormProps, usesInWords } from './sources';

interface ArrayUsesProps extends SourceFormProps {
  readonly arrays: GivenArrays;
}

/** Every array of the files with what it is used as, and why: nothing is left out in silence. */
export function ArrayUses({ arrays: { source, found: given }, disabled, onUse }: ArrayUsesProps) {
  const inputs = useEvaluation((state) => found(state.graph, 'a graph').inputs);
  const [chosen, setChosen] = useState<ReadonlyMap<string, ArrayUse>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: choices are of the arrays that are shown
  useEffect(() => setChosen(new Map()), [given]);
  const choices = [
    ...inputs.map(({ name }) => ({ value: choiceOf({ as: 'input', input: name }), label: name })),
    { value: choiceOf({ as: 'labels' }), label: 'labels' },
    { value: choiceOf({ as: 'aside' }), label: 'left aside' },
  ];
  const apply = () => onUse({ ...source, uses: new Map([...(source.uses ?? []), ...chosen]) });
  return (
    <section className={classes.form} aria-labelledby="array-uses">
      <h3 id="array-uses" className={dialog.caption}>
        {formatQuantity(given.length, 'array')}: {usesInWords(given)}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={dialog.scroller} style={{ maxHeight: '32dvh' }} tabIndex={0} aria-labelledby="array-uses">
        <table className={dialog.table}>
          <thead>
            <tr>
              <th scope="col">Array</th>
              <th scope="col">Used as</th>
            </tr>
          </thead>
          <tbody>
            {given.map((array) => (
              <tr key={array.key}>
                <th scope="row">
                  <bdi>{array.name}</bdi>
                  <span className={classes.about}>
                    {formatShape(array.shape)} · {labelOf(array.dtype)}
                    {isOfArchive(array) && ` · ${array.file}`}
                  </span>
                </th>
                <td>
                  <NativeSelect
                    size="xs"
                    aria-label={`Use of ${array.name}`}
                    disabled={disabled}
                    data={choices}
                    value={choiceOf(chosen.get(array.key) ?? array.use)}
                    onChange={({ currentTarget }) =>
                      setChosen(new Map([...chosen, [array.key, meantBy(currentTarget.value)]]))
                    }
                  />
                  {!chosen.has(array.key) && <span className={classes.about}>{array.because}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {chosen.size > 0 && (
        <Button className={classNames(classes.submit)} disabled={disabled} onClick={apply}>
          Use as chosen
        </Button>
      )}
    </section>
  );
}

/** An array that is a file of its own has its name. */
function isOfArchive({ name, file }: GivenArray): boolean {
  return file.replace(/\.[^.]+$/, '') !== name;
}
