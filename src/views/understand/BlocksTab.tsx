import { Button, UnstyledButton } from '@mantine/core';
import { at } from '../../lib/known';
import { formatQuantity, formatValue } from '../../lib/numbers';
import { screen } from '../../state/screen';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import type { BlockInfluence } from '../../state/understandingState';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { Looking } from './Looking';
import { RunNeeded } from './RunNeeded';
import classes from './Understand.module.css';
import { showLayers } from './words';

/** Which blocks of a residual network or a transformer hardly change what passes through them. */
export function BlocksTab() {
  const hasInputs = useEvaluation((state) => state.inputs !== null && state.pairingConfirmed);
  const isBusy = useEvaluation(({ status }) => status.kind === 'searching' || status.kind === 'loading');
  const blocks = useStudio(({ understanding }) => understanding.blocks);
  const what =
    'Blocks of residual networks and transformers add to what passes by them. One whose output is nearly its input could be left out.';
  if (!hasInputs) return <RunNeeded what={what} />;
  return (
    <div className={classes.body}>
      <Looking about="blocks" of="Blocks">
        {!blocks && (
          <>
            <p className={classes.lead}>{what} The unpruned model runs once more, on at most 64 calibration inputs.</p>
            <Button disabled={isBusy} onClick={() => void studio.getState().understand('blocks')}>
              Measure blocks
            </Button>
          </>
        )}
      </Looking>
      {blocks?.length === 0 && (
        <p className={classes.lead} role="status">
          This model has no blocks that add to what passes by them: every layer is on the way.
        </p>
      )}
      {blocks && blocks.length > 0 && <BlockTable blocks={blocks} />}
    </div>
  );
}

/** Nearly the identity. */
const redundant = 0.05;

function BlockTable({ blocks }: { readonly blocks: readonly BlockInfluence[] }) {
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  const [least] = [...blocks].sort((a, b) => a.influence - b.influence);
  const most = Math.max(...blocks.map(({ influence }) => influence));
  if (!least) return null;
  return (
    <>
      <p className={classes.lead} role="status">
        <b>{least.name}</b> changes what passes through it least: its influence is {formatValue(least.influence)}
        {least.influence < redundant ? ', nearly that of nothing. ' : '. '}
        <span className={classes.note}>
          1 − the mean cosine of a block’s input and output, on {formatQuantity(least.samples, 'input')} (ShortGPT’s
          block influence). What it costs to leave one out only Quality tells.
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label="Blocks, scrolled">
        <table className={classes.table} aria-label="Blocks">
          <thead>
            <tr>
              <th scope="col">Block, in order of the graph</th>
              <th scope="col" colSpan={2}>
                Influence
              </th>
              <th scope="col">Weights</th>
              <th scope="col">
                <span hidden>What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {blocks.map((block) => (
              <tr key={block.name}>
                <th scope="row">{block.name}</th>
                <td className={classes.bar}>
                  <div
                    data-least={block === least || block.influence < redundant}
                    style={{ width: `${(Math.max(0, block.influence) / most) * 100}%` }}
                  />
                </td>
                <td data-number>{formatValue(block.influence)}</td>
                <td>{formatQuantity(block.tensors.length, 'layer')}</td>
                <td>
                  <span className={classes.ways}>
                    <UnstyledButton
                      className={classes.way}
                      aria-label={`Leave out ${block.name}`}
                      title="Prunes all weights of the block: what goes by it, and its biases, stay. One undo brings it back."
                      onClick={() => leaveOut(block, (id) => at(layers, id).prunable)}
                    >
                      Leave out
                    </UnstyledButton>
                    <UnstyledButton
                      className={classes.way}
                      aria-label={`Show ${block.name}`}
                      onClick={() => showLayers(block.tensors)}
                    >
                      Show
                    </UnstyledButton>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** All of its weights go: the sum then gives what goes around. */
function leaveOut({ tensors }: BlockInfluence, isPrunable: (tensor: number) => boolean): void {
  const own = tensors.filter(isPrunable);
  const state = studio.getState();
  state.select(own, 'only');
  state.setEditScope(own.length === 1 ? 'layer' : 'selected');
  studio.getState().setTargetSparsity(1);
  screen.getState().close();
}
