import { Button, CloseButton } from '@mantine/core';
import { IconAlertOctagon } from '@tabler/icons-react';
import type { CheckpointError } from '../../../lib/errors';
import { formatInteger } from '../../../lib/numbers';
import { screen } from '../../../state/screen';
import classes from './ErrorBanner.module.css';
import { titles } from './titles';

/** What went wrong, where, and what to try. What was open before is still open beneath. */
export function ErrorBanner({ error, onDismiss }: { error: CheckpointError; onDismiss(): void }) {
  const { context, message, code } = error;
  const places = [
    context.format,
    context.record !== undefined && `record ${context.record}`,
    context.tensor !== undefined && `tensor ${context.tensor}`,
    context.offset !== undefined && `byte ${formatInteger(context.offset)}`,
  ].filter((place) => typeof place === 'string');
  return (
    <div role="alert" className={classes.banner}>
      <IconAlertOctagon size={20} stroke={1.8} className={classes.icon} aria-hidden />
      <div className={classes.words}>
        <strong>
          {titles[code]}
          {context.file !== undefined && <span className={classes.file}>: {context.file}</span>}
        </strong>
        <p>
          {message} {context.advice}
        </p>
        {places.length > 0 && <p className={classes.where}>Where: {places.join(' · ')}</p>}
      </div>
      {isOfRecipe(error) && (
        <Button onClick={() => screen.getState().showHelp('recipes')}>How a recipe is written</Button>
      )}
      {code === 'internal' && (
        <Button onClick={() => navigator.clipboard.writeText(reportOf(error))}>Copy the details</Button>
      )}
      <CloseButton aria-label="Dismiss the error" onClick={onDismiss} />
    </div>
  );
}

/** Or of a file that was probably meant as one. */
function isOfRecipe({ code, context }: CheckpointError): boolean {
  return code === 'invalid-recipe' || (code === 'unrecognised-file' && /\.json$/i.test(context.file ?? ''));
}

/** For a bug report: everything known, and no weight. */
function reportOf({ code, message, context, stack }: CheckpointError): string {
  return JSON.stringify({ code, message, context, stack, browser: navigator.userAgent }, null, 2);
}
