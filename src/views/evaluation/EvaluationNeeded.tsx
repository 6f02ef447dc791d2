import { Button } from '@mantine/core';
import { screen } from '../../state/screen';
import { startEvaluation } from '../parts/quality/start';
import { useEvaluation } from '../parts/quality/useEvaluation';
import panel from './sensitivity/Panel.module.css';

/** In place of a chart. @param what the chart shows, in a sentence */
export function EvaluationNeeded({ what }: { readonly what: string }) {
  const isLoading = useEvaluation(({ status }) => status.kind === 'loading');
  const hasGraph = useEvaluation((state) => state.graph !== null);
  return (
    <div className={panel.start}>
      <p>{what} For that the model has to run: on your machine, in this tab.</p>
      <Button disabled={isLoading} onClick={hasGraph ? () => screen.getState().show('inputs') : startEvaluation}>
        {hasGraph ? 'Choose inputs…' : 'Evaluate…'}
      </Button>
    </div>
  );
}
