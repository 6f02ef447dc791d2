import { ActionIcon, Button, Tooltip, UnstyledButton } from '@mantine/core';
import { IconHelp, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { actions } from '../../state/actions';
import { screen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { IconAction } from '../parts/actions/IconAction';
import { perform } from '../parts/actions/perform';
import { Logo } from '../theme/Logo';
import { useOtherColours } from './colourScheme';
import { FileChip } from './FileChip';
import classes from './Header.module.css';

/**
 * One line; on a phone the file has one of its own. What there is no room for is in the last of the menus.
 * @param menus of what is open
 */
export function Header({ menus }: { readonly menus: ReactNode }) {
  const checkpoint = useStudio((state) => state.checkpoint);
  const canExport = useStudio(actions.export.enabled);
  return (
    <header className={classes.header} data-open={checkpoint !== null}>
      <h1 className={classes.name}>
        <UnstyledButton
          className={classes.home}
          title="To the start page"
          onClick={() => perform(actions.home)}
          disabled={!checkpoint}
        >
          <Logo size={20} /> <span className={classes.word}>Secateur</span>
        </UnstyledButton>
      </h1>
      {checkpoint && <FileChip checkpoint={checkpoint} />}
      <div className={classes.space} />
      {checkpoint && menus}
      <ComputingBadge />
      <div className={classes.settings}>
        <ColorSchemeToggle />
        <IconAction action={actions.palette} icon={<IconSearch size={17} stroke={1.7} />} />
        <IconAction action={actions.help} icon={<IconHelp size={17} stroke={1.7} />} />
      </div>
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

function ColorSchemeToggle() {
  const { other, label, switchColours } = useOtherColours();
  useEffect(() => screen.setState({ switchColours }));
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={switchColours}>
        {other === 'dark' ? <IconMoon size={16} stroke={1.7} /> : <IconSun size={16} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
