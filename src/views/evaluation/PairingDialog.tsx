import { Button } from '@mantine/core';
import { formatQuantity } from '../../lib/numbers';
import type { Match, Pairing, TensorPair } from '../../state/evaluation';
import { screen, useScreen } from '../../state/screen';
import { TakenTable } from '../charts/take/TakenTable';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { evaluator, useEvaluation } from '../parts/quality/useEvaluation';
import classes from './Dialog.module.css';

/** How a tensor was found, in words. */
const matches: Readonly<Record<Match, string>> = {
  'same file': 'the same file',
  name: 'name, shape and content',
  content: 'shape and content, under another name',
  folded: 'content, with batch normalisation folded in',
  'name only': 'name and shape; content differs, the checkpoint’s counts',
};

/** Which tensor of the checkpoint is which initializer of the graph. Nothing is evaluated before it is confirmed. */
export function PairingDialog() {
  const opened = useScreen((state) => state.dialog === 'pairing');
  const graph = useEvaluation((state) => state.graph);
  const isConfirmed = useEvaluation((state) => state.pairingConfirmed);
  const cancel = () => {
    if (!isConfirmed) evaluator().closeEvaluation();
    screen.getState().close();
  };
  const confirm = () => {
    screen.getState().close();
    void evaluator().confirmPairing();
  };
  return (
    <DialogFrame
      opened={opened && graph !== null}
      onClose={cancel}
      title={isConfirmed ? 'Pairing of checkpoint and graph' : 'Is this pairing right?'}
      width={760}
    >
      {graph && (
        <div className={classes.body}>
          <p className={classes.help}>
            {formatQuantity(graph.pairing.pairs.length, 'tensor')} of the checkpoint found in {graph.fileName}.
            {!isConfirmed && ' Not all by name and content: look at the list before figures are based on it.'}
          </p>
          <FoldedIn pairing={graph.pairing} />
          <Unmatched unmatched={graph.pairing.unmatched} />
          <Pairs pairs={graph.pairing.pairs} />
          <div className={classes.buttons}>
            {isConfirmed ? (
              <Button size="sm" variant="filled" onClick={cancel} data-autofocus>
                Close
              </Button>
            ) : (
              <>
                <Button size="sm" onClick={cancel}>
                  Cancel
                </Button>
                <Button size="sm" variant="filled" onClick={confirm} data-autofocus>
                  Confirm and evaluate
                </Button>
              </>
            )}
          </div>
        </div>
      )}
    </DialogFrame>
  );
}

/** What is no fault, and would look like one. */
function FoldedIn({ pairing: { pairs, foldedIn } }: { readonly pairing: Pairing }) {
  const folded = pairs.filter(({ match }) => match === 'folded').length;
  if (folded === 0) return null;
  return (
    <p className={classes.help}>
      The graph has batch normalisation folded into {formatQuantity(folded, 'layer')}
      {foldedIn.length > 0 && `, and with it ${formatQuantity(foldedIn.length, 'tensor')} of the checkpoint`}. Weights
      are ranked as the checkpoint has them, unfolded; the masks are the same for the graph.
    </p>
  );
}

function Unmatched({ unmatched }: Pick<Pairing, 'unmatched'>) {
  if (unmatched.length === 0) return null;
  return (
    <section aria-labelledby="unmatched">
      <h3 id="unmatched" className={classes.caption}>
        {formatQuantity(unmatched.length, 'tensor')} not found
      </h3>
      <p className={classes.help}>Pruning them does not show in the figures.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={classes.scroller} style={{ maxHeight: '22dvh' }} tabIndex={0} aria-labelledby="unmatched">
        <TakenTable title="Pairing">
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Tensor</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {unmatched.map(({ tensor, name, reason }) => (
                <tr key={tensor}>
                  <th scope="row">
                    <bdi>{name}</bdi>
                  </th>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TakenTable>
      </section>
    </section>
  );
}

/** Doubtful ones first: they are what the list is read for. */
const doubt: readonly Match[] = ['name only', 'folded', 'content', 'name', 'same file'];

function Pairs({ pairs }: { readonly pairs: readonly TensorPair[] }) {
  const sorted = [...pairs].sort((a, b) => doubt.indexOf(a.match) - doubt.indexOf(b.match));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={classes.scroller} tabIndex={0} aria-label="Matches">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Tensor of the checkpoint</th>
            <th scope="col">Initializer of the graph</th>
            <th scope="col">Matched by</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ tensor, name, initializer, match, transposed }) => (
            <tr key={`${tensor} ${initializer}`}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>
                <bdi>{initializer}</bdi>
              </td>
              <td>
                {matches[match]}
                {transposed && '; transposed'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
