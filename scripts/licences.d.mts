import type { Plugin } from 'vite';

export function licencesOfWorkers(fileName: string): Plugin;
