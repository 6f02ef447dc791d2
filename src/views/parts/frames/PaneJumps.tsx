import { IconChartHistogram, IconListDetails } from '@tabler/icons-react';
import classes from './PaneJumps.module.css';

const jumps = [
  { id: 'layers-pane', label: 'Layers', icon: IconListDetails },
  { id: 'editor-pane', label: 'Editor', icon: IconChartHistogram },
];

/** Where the panes lie one under the other: a thumb's way from one to the other. */
export function PaneJumps() {
  return (
    <nav className={classes.jumps} aria-label="Panes">
      {jumps.map(({ id, label, icon: Icon }) => (
        <button key={id} type="button" onClick={() => jumpTo(id)}>
          <Icon size={18} stroke={1.7} aria-hidden />
          {label}
        </button>
      ))}
    </nav>
  );
}

function jumpTo(id: string): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(id)?.scrollIntoView({ block: 'start', behavior: isCalm ? 'auto' : 'smooth' });
}
