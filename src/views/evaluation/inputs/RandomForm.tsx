import { Button, NumberInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { found } from '../../../lib/known';
import { classNames } from '../../parts/classNames';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { flattery } from '../figures';
import classes from './Form.module.css';
import { initialRandom, type SourceFormProps } from './sources';

export function RandomForm({ disabled, onUse }: SourceFormProps) {
  const graph = useEvaluation((state) => found(state.graph, 'a graph'));
  const given = useEvaluation((state) => state.source);
  const [source, setSource] = useState(() => initialRandom(graph, given));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onUse(source);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.caution}>{flattery}</p>
      <div className={classes.fields}>
        <NumberInput
          size="xs"
          label="Seed"
          description="The same seed, the same inputs"
          min={0}
          max={2 ** 31 - 1}
          allowDecimal={false}
          value={source.seed}
          onChange={(seed) => setSource({ ...source, seed: Number(seed) || 0 })}
        />
        {graph.dimensions.map(({ name, label, about }) => (
          <NumberInput
            key={name}
            size="xs"
            label={label}
            description={about}
            min={1}
            allowDecimal={false}
            value={source.dimensions[name] ?? 1}
            onChange={(size) =>
              setSource({ ...source, dimensions: { ...source.dimensions, [name]: Math.max(1, Number(size) || 1) } })
            }
          />
        ))}
      </div>
      <Button className={classNames(classes.submit)} type="submit" disabled={disabled}>
        Use random inputs
      </Button>
    </form>
  );
}
