/** The configuration of a model: which class each layer is of, by its name. */
import { snakeCase } from './evidence';

const mostConfigs = 1_000_000;

/** @param json as `config.json` has it, or the attribute `model_config`; anything else has no classes */
export function classesIn(json: string | undefined): ReadonlyMap<string, string> {
  const classes = new Map<string, string>();
  const waiting: unknown[] = [parsed(json)];
  for (let read = 0; waiting.length > 0 && read < mostConfigs; read++) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) addClass(classes, next);
    for (const value of Object.values(next)) if (typeof value === 'object') waiting.push(value);
  }
  return classes;
}

function addClass(classes: Map<string, string>, config: object): void {
  const className: unknown = Reflect.get(config, 'class_name');
  const inner: unknown = Reflect.get(config, 'config');
  const name: unknown = typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'name') : undefined;
  if (typeof className === 'string' && typeof name === 'string' && !classes.has(name)) {
    classes.set(name, snakeCase(className));
  }
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
