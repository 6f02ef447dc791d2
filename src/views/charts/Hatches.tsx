import classes from './Hatches.module.css';

/** What pruned bars are filled with: all of a bar, or the part of it that some of the layers give. */
export function Hatches() {
  return (
    <svg className={classes.definitions} aria-hidden="true">
      <Hatch id="chart-hatch" className={classes.pruned} />
      <Hatch id="chart-hatch-partly" className={classes.partly} />
    </svg>
  );
}

function Hatch({ id, className }: { readonly id: string; readonly className: string | undefined }) {
  return (
    <pattern
      id={id}
      className={className}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect width="6" height="6" />
      <rect width="2.4" height="6" />
    </pattern>
  );
}
