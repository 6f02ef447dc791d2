import { Button, FileButton } from '@mantine/core';
import { found } from '../../lib/known';
import type { Compared } from '../../state/compareSlice';
import { screen, useScreen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { Compare } from './Compare';
import classes from './Compare.module.css';
import { ComparingProgress } from './ComparingProgress';

/** The open checkpoint beside a second one. */
export function CompareDialog() {
  const isShown = useScreen((state) => state.dialog === 'compare');
  const open = useStudio((state) => state.checkpoint?.fileName);
  const compared = useStudio((state) => state.compared);
  return (
    <DialogFrame
      opened={isShown && open !== undefined}
      onClose={screen.getState().close}
      title={compared ? `${compared.fileName} beside ${open}` : `What to compare with ${open}`}
      width={1500}
    >
      {isShown && open !== undefined && (compared ? <Shown compared={compared} /> : <Choose />)}
    </DialogFrame>
  );
}

function Shown({ compared }: { readonly compared: Compared }) {
  const { comparison, error, fileName } = compared;
  if (comparison) return <Compare comparison={comparison} other={found(compared.other, 'a second checkpoint')} />;
  if (!error) return <ComparingProgress compared={compared} />;
  return (
    <div className={classes.body}>
      <p role="alert" className={classes.failure}>
        <bdi>{fileName}</bdi> cannot be compared. {error.message} {error.context.advice}
      </p>
      <Choose />
    </div>
  );
}

function Choose() {
  return (
    <div className={classes.choose}>
      <p>
        A copy that was pruned or trained on, the same model in another format, what a colleague made: tensors are
        matched by name, then by shape and values. Choose it, or drop it here.
      </p>
      <FileButton multiple onChange={(files) => files.length > 0 && void studio.getState().compareWith(files)}>
        {(props) => (
          <Button {...props} size="sm" variant="filled" data-autofocus>
            Choose a checkpoint…
          </Button>
        )}
      </FileButton>
    </div>
  );
}
