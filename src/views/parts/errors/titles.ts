import type { ErrorCode } from '../../../lib/errors';

/** What went wrong in two or three words; the error's own sentence says the rest. */
export const titles: Readonly<Record<ErrorCode, string>> = {
  'unrecognised-file': 'Not opened',
  'malformed-file': 'Damaged file',
  'unsupported-feature': 'Not supported',
  'missing-file': 'A file is missing',
  'file-unreadable': 'Cannot be read',
  'read-only-file': 'Cannot be exported',
  'invalid-recipe': 'Recipe refused',
  'repair-missing': 'Repair missing',
  'write-failed': 'Writing failed',
  'evaluation-failed': 'Not evaluated',
  'out-of-memory': 'Out of memory',
  'worker-crashed': 'Interrupted',
  'not-fetched': 'Not loaded',
  'gpu-lost': 'GPU lost',
  cancelled: 'Cancelled',
  internal: 'A bug in Secateur',
};
