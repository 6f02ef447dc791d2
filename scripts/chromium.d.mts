/** Types of chromium.mjs, for playwright.config.ts. */
export const launchArgs: string[];
export const webgpuArgs: string[];
export function findChromium(): string;
