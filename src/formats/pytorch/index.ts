/** PyTorch checkpoints: the zip format since 1.6, TorchScript archives, and the format before. */
import type { Format } from '../format';
import { openLegacy } from './legacyCheckpoint';
import { looksLikeLegacy, looksLikeZip } from './sniff';
import { openZip } from './zipCheckpoint';

export const pytorchZip: Format = { sniff: looksLikeZip, hasShards: true, open: openZip };

export const pytorchLegacy: Format = { sniff: looksLikeLegacy, hasShards: true, open: openLegacy };
