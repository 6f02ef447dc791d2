import { Popover, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useMemo } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { useStudio } from '../../state/store';
import { RemarkIcon } from '../parts/remarks/RemarkIcon';
import { RemarkList } from '../parts/remarks/RemarkList';
import { type Remark, remarksOf } from '../parts/remarks/remarks';
import classes from './RemarksPill.module.css';

/** One pill for all remarks; it says the worst and opens the list. */
export function RemarksPill() {
  const checkpoint = useStudio((state) => state.checkpoint);
  const warnings = useStudio((state) => state.warnings);
  // What it says is of the committed recipe.
  const isHeld = useStudio((state) => state.resolution !== state.settled);
  const [opened, { toggle, close, open }] = useDisclosure(false);
  // That nothing is pruned yet is how every session begins; the export dialog says it where it matters.
  const remarks = useMemo(
    () => remarksOf({ checkpoint, warnings: warnings.filter(({ code }) => code !== 'nothing-pruned') }),
    [checkpoint, warnings],
  );
  const [worst] = remarks;
  if (!worst) return null;
  return (
    <Popover
      opened={opened}
      onChange={(shown) => (shown ? open() : close())}
      position="bottom-end"
      width={400}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <UnstyledButton className={classes.pill} data-severity={worst.severity} aria-busy={isHeld} onClick={toggle}>
          <RemarkIcon severity={worst.severity} />
          <span className={classes.words}>{headline(worst, remarks)}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label="Warnings">
        <RemarkList remarks={remarks} onSelect={close} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** A single warning in its own words, several by their number. */
function headline(worst: Remark, remarks: readonly Remark[]): string {
  const grave = remarks.filter(({ severity }) => severity !== 'info').length;
  if (grave === 1 || remarks.length === 1) return worst.text;
  return grave > 0 ? formatQuantity(grave, 'warning') : formatQuantity(remarks.length, 'note');
}
