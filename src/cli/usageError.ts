/** Something was typed that cannot be understood: the command ends with 2, and its usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
