/** The header's menus: what can be opened, recipes that come with the studio, and what one does with the recipe at hand. */
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { actions } from '../state/actions';
import { IconAction } from './parts/actions/IconAction';
import { PresetsMenu } from './presets/PresetsMenu';
import classes from './shell/Header.module.css';
import { MoreMenu } from './shell/MoreMenu';
import { OpenMenu } from './shell/OpenMenu';
import { RecipeMenu } from './shell/RecipeMenu';

export function Menus() {
  return (
    <>
      <div className={classes.wide}>
        <OpenMenu />
      </div>
      <div className={classes.pair}>
        <IconAction action={actions.undo} icon={<IconArrowBackUp size={17} stroke={1.7} />} />
        <IconAction action={actions.redo} icon={<IconArrowForwardUp size={17} stroke={1.7} />} />
      </div>
      <PresetsMenu />
      <div className={classes.wide}>
        <RecipeMenu />
      </div>
      <div className={classes.narrow}>
        <MoreMenu />
      </div>
    </>
  );
}
