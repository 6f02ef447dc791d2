import { UnstyledButton } from '@mantine/core';
import { formatQuantity } from '../../lib/numbers';
import { studio } from '../../state/store';
import { RemarkIcon } from './RemarkIcon';
import classes from './RemarkList.module.css';
import type { Remark } from './remarks';

/** @param onSelect called after the layers of a remark were selected */
export function RemarkList({ remarks, onSelect }: { remarks: readonly Remark[]; onSelect(): void }) {
  const select = ({ tensors }: Remark) => {
    const state = studio.getState();
    state.select(tensors, 'only');
    state.setEditScope(tensors.length > 1 ? 'selected' : 'layer');
    onSelect();
  };
  return (
    <ul className={classes.list}>
      {remarks.map((remark) => (
        <li key={remark.text} className={classes.remark} data-severity={remark.severity}>
          <RemarkIcon severity={remark.severity} />
          <div className={classes.words}>
            <span>{remark.text}</span>
            {remark.tensors.length > 0 && (
              <UnstyledButton className={classes.show} onClick={() => select(remark)}>
                Show {remark.tensors.length === 1 ? 'the layer' : formatQuantity(remark.tensors.length, 'layer')}
              </UnstyledButton>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
