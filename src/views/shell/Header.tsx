import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconFolderOpen,
  IconKeyboard,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type ActionId, actions } from '../../state/actions';
import { useStudio } from '../../state/store';
import { perform } from '../parts/perform';
import { Logo } from '../theme/Logo';
import { FileChip } from './FileChip';
import classes from './Header.module.css';
import { Keys } from './Keys';

/** @param menus what is done with recipes */
export function Header({ menus }: { readonly menus: ReactNode }) {
  const checkpoint = useStudio((state) => state.checkpoint);
  const canExport = useStudio(actions.export.enabled);
  return (
    <header className={classes.header}>
      <h1 className={classes.name}>
        <Logo size={20} /> Secateur
      </h1>
      {checkpoint && <FileChip checkpoint={checkpoint} />}
      <div className={classes.space} />
      {checkpoint && (
        <>
          <IconAction id="open" icon={<IconFolderOpen size={17} stroke={1.7} />} />
          <div className={classes.pair}>
            <IconAction id="undo" icon={<IconArrowBackUp size={17} stroke={1.7} />} />
            <IconAction id="redo" icon={<IconArrowForwardUp size={17} stroke={1.7} />} />
          </div>
          {menus}
        </>
      )}
      <ComputingBadge />
      <ColorSchemeToggle />
      <IconAction id="help" icon={<IconKeyboard size={17} stroke={1.7} />} />
      {checkpoint && (
        <Button variant="filled" fw={600} disabled={!canExport} onClick={() => perform(actions.export)}>
          Export…
        </Button>
      )}
    </header>
  );
}

function ComputingBadge() {
  const computing = useStudio((state) => state.computing);
  if (computing === '') return null;
  return (
    <Tooltip label="What computes, in workers of this tab. Nothing is uploaded.">
      <output className={classes.badge} aria-label="Computing">
        {computing}
      </output>
    </Tooltip>
  );
}

function IconAction({ id, icon }: { id: ActionId; icon: ReactNode }) {
  const action = actions[id];
  const enabled = useStudio(action.enabled);
  const [key] = action.keys;
  return (
    <Tooltip
      label={
        <span className={classes.hint}>
          {action.label} {key && <Keys keys={key} />}
        </span>
      }
    >
      <ActionIcon aria-label={action.label} disabled={!enabled} onClick={() => perform(action)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('light');
  const other = shown === 'light' ? 'dark' : 'light';
  const label = other === 'dark' ? 'Switch to dark colours' : 'Switch to light colours';
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => setColorScheme(other)}>
        {other === 'dark' ? <IconMoon size={16} stroke={1.7} /> : <IconSun size={16} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
