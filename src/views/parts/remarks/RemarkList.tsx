import { UnstyledButton } from '@mantine/core';
import { formatQuantity } from '../../../lib/numbers';
import { screen } from '../../../state/screen';
import { studio } from '../../../state/store';
import { RemarkIcon } from './RemarkIcon';
import classes from './RemarkList.module.css';
import type { Remark } from './remarks';

/** @param onSelect called after the layers of a remark were selected */
export function RemarkList({ remarks, onSelect }: { remarks: readonly Remark[]; onSelect(): void }) {
  return (
    <ul className={classes.list}>
      {remarks.map((remark) => (
        <li key={remark.text} className={classes.remark} data-severity={remark.severity}>
          <RemarkIcon severity={remark.severity} />
          <div className={classes.words}>
            <span>{remark.text}</span>
            <div className={classes.ways}>
              {waysOf(remark, onSelect).map(({ label, take }) => (
                <UnstyledButton key={label} className={classes.way} onClick={take}>
                  {label}
                </UnstyledButton>
              ))}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Something to be done about a remark. */
interface Way {
  readonly label: string;
  take(): void;
}

function waysOf({ code, tensors }: Remark, onSelect: () => void): Way[] {
  if (tensors.length === 0) return [];
  const one = tensors.length === 1;
  const select = () => {
    const state = studio.getState();
    state.select(tensors, 'only');
    state.setEditScope(one ? 'layer' : 'selected');
    onSelect();
  };
  const show = { label: `Show ${one ? 'the layer' : formatQuantity(tensors.length, 'layer')}`, take: select };
  if (code !== 'unknown-off') return [show];
  return [
    {
      label: one ? 'Prune this tensor' : `Prune these ${formatQuantity(tensors.length, 'tensor')}`,
      take: () => {
        onSelect();
        studio.getState().setIncluded(tensors, true);
      },
    },
    {
      label: one ? 'Set its axes' : 'Set their axes',
      take: () => {
        select();
        screen.getState().setOverruling(true);
      },
    },
    show,
  ];
}
