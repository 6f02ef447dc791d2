import type { Plugin } from 'vite';

export const policy: string;
export function servePolicy(): Plugin;
