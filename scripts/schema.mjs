// Writes docs/recipe.schema.json: the recipe's fields as src/pruning/recipe.ts says them.
import { writeFileSync } from 'node:fs';
import { createServer } from 'vite';

const server = await createServer({
  configFile: false,
  server: { middlewareMode: true, ws: false },
  appType: 'custom',
  optimizeDeps: { noDiscovery: true },
});
const { recipeSchema } = await server.ssrLoadModule('/src/pruning/parseRecipe.ts');
writeFileSync('docs/recipe.schema.json', `${JSON.stringify(recipeSchema(), null, 2)}\n`);
await server.close();
