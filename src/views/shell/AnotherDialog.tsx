import { Button } from '@mantine/core';
import { IconDeviceFloppy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { actions } from '../../state/actions';
import type { Choice, Question } from '../../state/fileSlice';
import { useScreen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { hasUnsavedWork } from '../../state/unsaved';
import { isKept, useWork } from '../../state/work/workState';
import { perform } from '../parts/actions/perform';
import { DialogFrame } from '../parts/frames/DialogFrame';
import classes from './AnotherDialog.module.css';
import { FoundList } from './FoundList';

const answer = (choice: Choice) => () => void studio.getState().answer(choice);

/** Asks what files are to be that came while a checkpoint is open. Nothing has happened to that one yet. */
export function AnotherDialog() {
  const isShown = useScreen((state) => state.dialog === 'another');
  const question = useStudio((state) => state.question);
  const open = useStudio((state) => state.checkpoint?.fileName ?? '');
  if (!question) return null;
  const isGraph = question.about === 'graph';
  const { found } = question;
  return (
    <DialogFrame
      opened={isShown}
      onClose={answer('cancel')}
      title={found ? `Checkpoints in ${question.fileName}` : isGraph ? 'Use it as the graph?' : 'Another checkpoint'}
      width={520}
    >
      {found ? (
        <FoundList {...found} />
      ) : isGraph ? (
        <AsGraph {...question} open={open} />
      ) : (
        <Another {...question} open={open} />
      )}
    </DialogFrame>
  );
}

type About = Question & { readonly open: string };

function Another({ fileName, open, inCommon, isUnsaved }: About) {
  return (
    <div className={classes.body}>
      <p>
        <bdi>{open}</bdi> is open. What is <bdi>{fileName}</bdi> to be?
      </p>
      <dl className={classes.choices}>
        <Way name="Compare">
          What is equal, changed and missing, tensor by tensor. <bdi>{open}</bdi> stays open.
        </Way>
        <Way name="Replace">
          <bdi>{fileName}</bdi> opens in its place.
        </Way>
        <Way name="Use as reference">
          {inCommon === 0 ? (
            'It holds no tensor of the same name, shape and dtype: there is nothing to count from.'
          ) : (
            <>
              <bdi>{open}</bdi> stays open; <bdi>{fileName}</bdi> is the earlier state that the criterion magnitude
              increase counts from.
            </>
          )}
        </Way>
      </dl>
      {isUnsaved && <Unsaved open={open} />}
      <div className={classes.buttons}>
        <Button size="sm" onClick={answer('cancel')}>
          Cancel
        </Button>
        <Button size="sm" disabled={inCommon === 0} onClick={answer('reference')}>
          Use as reference
        </Button>
        <Button size="sm" onClick={answer('replace')}>
          Replace
        </Button>
        <Button size="sm" variant="filled" onClick={answer('compare')} data-autofocus>
          Compare
        </Button>
      </div>
    </div>
  );
}

function AsGraph({ fileName, open, isUnsaved }: About) {
  return (
    <div className={classes.body}>
      <p>
        <bdi>{fileName}</bdi> has weights of the same shapes as <bdi>{open}</bdi>: it looks like the graph that was
        exported from it.
      </p>
      <dl className={classes.choices}>
        <Way name="Use as graph">
          <bdi>{open}</bdi> stays open and is what is pruned; the graph runs it, and quality shows beside sparsity.
        </Way>
        <Way name="Compare">What is equal, changed and missing, tensor by tensor.</Way>
        <Way name="Replace">
          <bdi>{fileName}</bdi> opens in its place.
        </Way>
      </dl>
      {isUnsaved && <Unsaved open={open} />}
      <div className={classes.buttons}>
        <Button size="sm" onClick={answer('cancel')}>
          Cancel
        </Button>
        <Button size="sm" onClick={answer('replace')}>
          Replace
        </Button>
        <Button size="sm" onClick={answer('compare')}>
          Compare
        </Button>
        <Button size="sm" variant="filled" onClick={answer('graph')} data-autofocus>
          Use as graph
        </Button>
      </div>
    </div>
  );
}

/** What replacing would cost, and how to keep it. */
function Unsaved({ open }: Pick<About, 'open'>) {
  const isUnsaved = useStudio(hasUnsavedWork);
  const isHere = useWork(isKept);
  return (
    <div className={classes.unsaved} role="status" data-saved={!isUnsaved}>
      {isUnsaved ? (
        <>
          <p>
            The recipe of <bdi>{open}</bdi> was changed and is in no file
            {isHere
              ? '. It is kept in this browser, and offered when the file is opened again.'
              : ': replacing loses it.'}
          </p>
          <Button
            leftSection={<IconDeviceFloppy size={16} stroke={1.6} />}
            onClick={() => void perform(actions.saveRecipe)}
          >
            Save the recipe
          </Button>
        </>
      ) : (
        <p>
          The recipe of <bdi>{open}</bdi> is saved: nothing is lost.
        </p>
      )}
    </div>
  );
}

function Way({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
