const bars = [
  { x: 1, y: 17 },
  { x: 5.75, y: 11 },
  { x: 10.5, y: 2, goes: true },
  { x: 15.25, y: 11 },
  { x: 20, y: 17 },
];

/** A histogram whose middle goes. */
export function Logo({ size }: { size: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      {bars.map(({ x, y, goes }) => (
        <rect key={x} x={x} y={y} width={3} height={22 - y} rx={1} fill={goes ? 'var(--pruned)' : 'var(--kept)'} />
      ))}
    </svg>
  );
}
