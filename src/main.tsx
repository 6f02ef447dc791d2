import { createRoot } from 'react-dom/client';
import { found } from './lib/known';
import { fetchEngineRest, warmUp } from './state/store';
import { App } from './views/App';

createRoot(found(document.getElementById('root'), 'an element for the page')).render(<App />);
warmUp();
addEventListener('load', () => void fetchEngineRest().catch(() => {}), { once: true });
