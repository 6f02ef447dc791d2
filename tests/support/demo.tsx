/**
 * The studio over the demonstration checkpoint, to look at its screens while building them:
 * `npx vite`, then /tests/support/demo.html?layers=300, and &evaluation=ready or another stage of demoEvaluation
 */
import { createRoot } from 'react-dom/client';
import { screen } from '../../src/state/screen';
import { studio } from '../../src/state/store';
import { App } from '../../src/views/App';
import { type DemoStage, demoEvaluation } from './demoEvaluation';
import { demoState } from './demoStudio';

const asked = new URLSearchParams(location.search);
studio.setState(demoState(Number(asked.get('layers') ?? 300)));
const { checkpoint, recipe, outcome } = studio.getState();
const stage = (asked.get('evaluation') ?? 'off') as DemoStage;
studio.setState({ evaluation: demoEvaluation(checkpoint!, recipe, outcome.sparsity, stage) });
// For scripts that take pictures of other states.
Object.assign(window, { studio, screenState: screen });

createRoot(document.getElementById('root')!).render(<App />);
