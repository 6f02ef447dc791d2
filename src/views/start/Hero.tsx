/** A distribution of weights with its middle pruned: what the studio is about, in the colours that it uses. */

const count = 61;
const threshold = 9;
const width = 480;
const height = 96;

const step = width / count;

const bars = Array.from({ length: count }, (_, i) => {
  const fromMiddle = i - (count - 1) / 2;
  const x = fromMiddle / 9;
  const share = 0.8 * Math.exp(-Math.abs(x) * 0.95) + 0.2 * Math.exp(-(x * x) / 5);
  return { left: i * step, tall: Math.max(1.5, share * (height - 6)), goes: Math.abs(fromMiddle) < threshold };
});

export function Hero() {
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" aria-hidden="true">
      <defs>
        <pattern id="hero-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--pruned-soft)" />
          <rect width="2" height="6" fill="var(--pruned)" opacity="0.6" />
        </pattern>
      </defs>
      {bars.map(({ left, tall, goes }) => (
        <rect
          key={left}
          x={left + 0.6}
          y={height - tall}
          width={step - 1.2}
          height={tall}
          fill={goes ? 'url(#hero-hatch)' : 'var(--kept)'}
        />
      ))}
      {[-1, 1].map((side) => (
        <line
          key={side}
          x1={width / 2 + side * threshold * step}
          x2={width / 2 + side * threshold * step}
          y1={14}
          y2={height}
          stroke="var(--pruned)"
          strokeWidth={side > 0 ? 2 : 1.2}
          strokeDasharray={side > 0 ? undefined : '4 3'}
        />
      ))}
    </svg>
  );
}
