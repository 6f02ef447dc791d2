import { createRoot } from 'react-dom/client';
import { found } from './lib/known';
import { fetchEngineRest, warmUp } from './state/store';
import { App } from './views/App';
import { enqueue, fetchWhenIdle } from './views/parts/later/queue';

createRoot(found(document.getElementById('root'), 'an element for the page')).render(<App />);
warmUp();
enqueue(fetchEngineRest);
if (document.readyState === 'complete') fetchWhenIdle();
else addEventListener('load', fetchWhenIdle, { once: true });
