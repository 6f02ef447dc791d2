import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { formatPercent } from '../../lib/numbers';
import type { Payoff } from '../../reports/runtimes/runtimes';
import { CodeToCopy } from '../parts/code/CodeToCopy';
import classes from './Payoff.module.css';

/** One runtime: how much of the work it is faster at, why not at the rest, and what to run. */
export function PayoffItem({ payoff }: { readonly payoff: Payoff }) {
  const { runtime, share, macs, whyNot, command } = payoff;
  const id = useId();
  const [isOpen, setOpen] = useState(share > 0);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li className={classes.item} data-pays={share > 0} aria-labelledby={id}>
      <div className={classes.head}>
        <h3 id={id}>{runtime.name}</h3>
        <span className={classes.share}>
          {share === 0 ? 'nothing' : `${formatPercent(share)} of the work`}
          {macs !== undefined && share > 0 && `, ${formatPercent(macs)} of MACs`}
        </span>
      </div>
      <div className={classes.bar} aria-hidden>
        <div style={{ width: `${share * 100}%` }} />
      </div>
      <p>
        <span className={classes.needs}>It {runtime.needs}</span> {whyNot}
      </p>
      {command && (
        <>
          <UnstyledButton className={classes.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <Chevron size={14} stroke={1.8} aria-hidden /> What to run
          </UnstyledButton>
          {isOpen && <CodeToCopy title={`${command.language}, with ${runtime.file}`} code={command.text} />}
        </>
      )}
    </li>
  );
}
