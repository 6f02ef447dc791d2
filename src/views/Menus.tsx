/** The header's menus: recipes that come with the studio, and what one does with the recipe at hand. */
import { PresetsMenu } from './presets/PresetsMenu';
import { RecipeMenu } from './shell/RecipeMenu';

export function Menus() {
  return (
    <>
      <PresetsMenu />
      <RecipeMenu />
    </>
  );
}
