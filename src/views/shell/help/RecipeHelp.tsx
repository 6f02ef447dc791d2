import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { criteria } from '../../../pruning/criteria/criteria';
import { scopes } from '../../../pruning/scopes/scopes';
import { Facts } from './Facts';
import classes from './Help.module.css';
import { recipeExample } from './recipeExample';

const fields = [
  {
    name: 'tensors, exclude',
    says: 'Globs on names: *.weight, layer?.conv1.*. Without them, all that is on by default.',
  },
  { name: 'kinds', says: 'Only tensors of these kinds: conv, linear, recurrent, embedding, norm, bias …' },
  { name: 'criterion', says: 'What goes first, see below.' },
  {
    name: 'granularity',
    says: 'What goes together: "weight", "kernel", { "dim": 0, "norm": 2 } for filters, { "block": [4, 4] }, { "n": 2, "m": 4 }.',
  },
  { name: 'scope', says: 'What is ranked together, see below.' },
  {
    name: 'amount',
    says: 'One of { "sparsity": 0.5 }, { "count": 100 }, { "threshold": 0.01 }, { "sigma": 1 }; none with a pattern.',
  },
  { name: 'keep', says: 'The share of each tensor that stays, whatever the amount: 0 to 1.' },
  { name: 'seed', says: 'Of the criterion random.' },
];

const document = [
  { name: 'format, version', says: 'Always "secateur-recipe" and 1.' },
  {
    name: 'rules',
    says: 'A list; of those that match a tensor the last one decides for it. An empty one prunes nothing.',
  },
  {
    name: 'steps',
    says: 'In the place of rules: a list of such lists, each of which works on what the one before left.',
  },
  { name: 'locked', says: 'Globs on names of tensors that no rule prunes.' },
  {
    name: 'layers',
    says: 'What tensors are, where you know better than the file: { "tensors": […], "kind": "linear" }.',
  },
];

/** How a recipe is written, for those who write one by hand. */
export function RecipeHelp() {
  const clipboard = useClipboard();
  return (
    <>
      <p>
        What you do here is a recipe, a small JSON file: save it from the menu Recipe, drop it on another checkpoint,
        and the same is done there. This one is complete:
      </p>
      <div className={classes.example}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys, too */}
        <pre tabIndex={0}>{recipeExample}</pre>
        <Button
          size="compact-sm"
          leftSection={clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={() => clipboard.copy(recipeExample)}
        >
          {clipboard.copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <Facts title="The document" rows={document} />
      <Facts title="A rule" rows={fields} />
      <Facts title="Criteria" rows={criteria.map(({ name, help }) => ({ name, says: help }))} />
      <Facts title="Scopes" rows={scopes.map(({ name, help }) => ({ name, says: help }))} />
      <p>
        Biases, norms, embeddings and buffers are pruned only where a rule names them exactly. Fields that are not
        described here are refused by name.
      </p>
    </>
  );
}
