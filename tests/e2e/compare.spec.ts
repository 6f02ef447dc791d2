/** Two checkpoints beside each other: what is equal, changed and missing, and the proof that one is the other pruned. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { checkAccessibility } from './box';
import { expect, type NamedFile, sampleFile, test } from './studio';
