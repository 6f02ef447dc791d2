import { createRoot } from 'react-dom/client';
import { warmUp } from './state/store';
import { App } from './views/App';

createRoot(document.getElementById('root')!).render(<App />);
warmUp();
