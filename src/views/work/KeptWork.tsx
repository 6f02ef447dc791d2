import { Button, CloseButton, Menu } from '@mantine/core';
import { IconAlertTriangle, IconBrowser, IconChevronDown, IconHistory } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { actions } from '../../state/actions';
import { useCheckpoint, useStudio } from '../../state/store';
import { hasUnsavedWork } from '../../state/unsaved';
import { type Offer, useWork, work } from '../../state/work/workState';
import { perform } from '../parts/actions/perform';
import { workText } from '../parts/words/workText';
import classes from './KeptWork.module.css';

/** Above the panes: work that was kept of what is open, another tab that has it open, and what cannot be kept. */
export function KeptWork() {
  return (
    <>
      <NotKept />
      <Offered />
      <Elsewhere />
    </>
  );
}

function Offered() {
  const offers = useWork((state) => state.offers);
  const isOffering = useWork((state) => state.isOffering);
  // What another tab goes on with is offered where that tab is told of.
  const [first, ...others] = offers.filter(({ isElsewhere }) => !isElsewhere);
  if (!isOffering || !first) return null;
  return (
    <Line icon={<IconHistory size={18} stroke={1.7} aria-hidden />} label="Kept work">
      <p>
        Work on this checkpoint was kept: <b>{workText(first)}</b>
        {first.what !== '' && <span className={classes.dim}> ({first.what})</span>}
      </p>
      <div className={classes.acts}>
        <Button size="compact-md" variant="filled" onClick={() => work.getState().restore(first.id)}>
          Restore work
        </Button>
        {others.length > 0 && <Others offers={others} />}
        <CloseButton aria-label="Start clean" title="Start clean: it stays kept" onClick={work.getState().dismiss} />
      </div>
    </Line>
  );
}

function Others({ offers }: { readonly offers: readonly Offer[] }) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button size="compact-md" rightSection={<IconChevronDown size={14} aria-hidden />}>
          {offers.length} more
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {offers.map((offer) => (
          <Menu.Item key={offer.id} onClick={() => work.getState().restore(offer.id)}>
            {workText(offer)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Two tabs with one file: each goes on with work of its own. */
function Elsewhere() {
  const elsewhere = useWork((state) => state.elsewhere);
  const fileName = useCheckpoint((checkpoint) => checkpoint.fileName);
  const [read, setRead] = useState(0);
  const itsWork = useWork((state) => state.offers.find(({ isElsewhere }) => isElsewhere));
  if (elsewhere <= read) return null;
  return (
    <Line icon={<IconBrowser size={18} stroke={1.7} aria-hidden />} label="Other tabs">
      <p>
        <bdi>{fileName}</bdi> is open in {elsewhere === 1 ? 'another tab' : formatQuantity(elsewhere, 'other tab')},
        too. Each tab keeps work of its own{itsWork && <span className={classes.dim}>: {workText(itsWork)} there</span>}
        .
      </p>
      <div className={classes.acts}>
        {itsWork && (
          <Button size="compact-md" onClick={() => work.getState().restore(itsWork.id)}>
            Copy its work here
          </Button>
        )}
        <CloseButton aria-label="Read it" onClick={() => setRead(elsewhere)} />
      </div>
    </Line>
  );
}

const whyNot = {
  full: 'The browser has no room left for this page, so what you change is not kept.',
  off: 'This browser keeps nothing for this page (a private window may do that): what you change is gone with the tab.',
} as const;

/** Said once there is something to lose. */
function NotKept() {
  const keeping = useWork((state) => state.keeping);
  const isUnsaved = useStudio(hasUnsavedWork);
  const [isRead, setRead] = useState(false);
  if (isRead || !isUnsaved || (keeping !== 'full' && keeping !== 'off')) return null;
  return (
    <Line icon={<IconAlertTriangle size={18} stroke={1.7} aria-hidden />} label="Not kept" isCaution>
      <p>
        {whyNot[keeping]}
        {keeping === 'full' && ' Forget files on the start page, or save the recipe as a file.'}
      </p>
      <div className={classes.acts}>
        <Button size="compact-md" onClick={() => void perform(actions.saveRecipe)}>
          Save the recipe
        </Button>
        <CloseButton aria-label="Go on without" onClick={() => setRead(true)} />
      </div>
    </Line>
  );
}

interface LineProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly isCaution?: boolean;
  readonly children: ReactNode;
}

function Line({ icon, label, isCaution = false, children }: LineProps) {
  return (
    <section className={classes.line} aria-label={label} data-caution={isCaution}>
      {icon}
      <div className={classes.body} role="status">
        {children}
      </div>
    </section>
  );
}
