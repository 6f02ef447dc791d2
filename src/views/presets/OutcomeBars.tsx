import classes from './PresetsMenu.module.css';

const width = 96;
const height = 30;

/** One bar a layer, as high as it is pruned; many layers become a skyline. */
export function OutcomeBars(props: { readonly sparsities: readonly number[]; readonly isEstimate: boolean }) {
  const { sparsities } = props;
  const band = width / Math.max(1, sparsities.length);
  const gap = band >= 4 ? 1 : 0;
  const path = sparsities
    .map((sparsity, i) => {
      const bar = Math.max(0.5, sparsity * height);
      return `M${(i * band).toFixed(2)} ${height}v${-bar.toFixed(2)}h${(band - gap).toFixed(2)}v${bar.toFixed(2)}Z`;
    })
    .join('');
  return (
    <svg
      className={classes.bars}
      data-estimate={props.isEstimate || undefined}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <rect width={width} height={height} />
      <path d={path} />
    </svg>
  );
}
