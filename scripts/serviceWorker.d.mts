import type { Plugin } from 'vite';

export function serviceWorker(headers: Readonly<Record<string, string>>): Plugin;
