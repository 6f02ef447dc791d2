import classes from './Help.module.css';

interface FactsProps {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly says: string }[];
}

/** Names, and a sentence on each. */
export function Facts({ title, rows }: FactsProps) {
  return (
    <section className={classes.facts}>
      <h3>{title}</h3>
      <dl>
        {rows.map(({ name, says }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
