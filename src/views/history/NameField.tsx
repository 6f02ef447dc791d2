import { useState } from 'react';
import type { Snapshot } from '../../state/snapshots';
import { studio } from '../../state/store';
import classes from './SnapshotTable.module.css';

/** A name that is changed where it stands: Enter keeps it, Escape does not. */
export function NameField({ snapshot: { id, name } }: { readonly snapshot: Snapshot }) {
  const [draft, setDraft] = useState<string | null>(null);
  const keep = () => {
    const typed = draft?.trim();
    if (typed && typed !== name) studio.getState().renameSnapshot(id, typed);
    setDraft(null);
  };
  return (
    <input
      type="text"
      className={classes.name}
      aria-label="Name of the snapshot"
      title={name}
      value={draft ?? name}
      maxLength={120}
      spellCheck={false}
      onChange={({ currentTarget }) => setDraft(currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key !== 'Escape' || draft === null) return;
        event.preventDefault();
        setDraft(null);
      }}
    />
  );
}
