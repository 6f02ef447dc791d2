/** A tensor's name as it is read: where it sits, the module, and which of its parameters. */

export interface NameParts {
  /** `layer1.0.` */
  readonly path: string;
  /** `conv1`: what tells neighbouring rows apart. */
  readonly module: string;
  /** `.weight` */
  readonly parameter: string;
}

const separator = /[./]/;

/** The three parts together are the name. A name without separators is all module. */
export function namePartsOf(name: string): NameParts {
  const parameterAt = lastSeparator(name, name.length);
  // A separator at the very start or end parts nothing.
  if (parameterAt <= 0 || parameterAt === name.length - 1) return { path: '', module: name, parameter: '' };
  const moduleAt = lastSeparator(name, parameterAt) + 1;
  return {
    path: name.slice(0, moduleAt),
    module: name.slice(moduleAt, parameterAt),
    parameter: name.slice(parameterAt),
  };
}

/** Index of the last separator before `end`, -1 when there is none. */
function lastSeparator(name: string, end: number): number {
  for (let i = end - 1; i >= 0; i--) if (separator.test(name.charAt(i))) return i;
  return -1;
}
