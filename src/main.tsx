import { createRoot } from 'react-dom/client';
import { found } from './lib/known';
import { fetchEngineRest, warmUp } from './state/store';
import { App } from './views/App';
import { enqueue, fetchWhenIdle } from './views/parts/later/queue';

createRoot(found(document.getElementById('root'), 'an element for the page')).render(<App />);
warmUp();
enqueue(fetchEngineRest);
// Development has no service worker: it would keep what is being changed.
if (import.meta.env.PROD)
  enqueue(() => import('./state/installed').then(({ beInstalled }) => beInstalled(import.meta.url)));
if (document.readyState === 'complete') fetchWhenIdle();
else addEventListener('load', fetchWhenIdle, { once: true });
