/** Follows values through the lines of TorchScript's code. One pass over tokens with a stack of open brackets. */
import { last } from '../../../lib/known';
import type { Declarations, ScriptFunction } from './declarations';
import { Flow } from './flow';
import { applyOperator, type Value, type Values } from './operators';
import type { Token } from './tokens';

/** The node of a field of a class, or of a constant. */
export function fieldKey(cls: string, field: string): string {
  return `field ${cls}.${field}`;
}

export function constantKey(index: number): string {
  return fieldKey('CONSTANTS', `c${index}`);
}

export function flowOf(declarations: Declarations): Flow {
  const flow = new Flow();
  for (const scripted of declarations.functions.values()) {
    if (flow.isTooLarge) break;
    new Body(scripted, declarations, flow).follow();
  }
  return flow;
}

function argumentKey(name: string, index: number): string {
  return `argument ${index} of ${name}`;
}

function resultKey(name: string): string {
  return `result of ${name}`;
}

/** A bracket that is open. */
interface Open {
  readonly bracket: string;
  /** What is called, or looked into, with it. */
  readonly subject: Value | undefined;
  readonly isCall: boolean;
  readonly values: (Value | undefined)[];
  /** Behind the last comma. */
  current: Value | undefined;
  hasCurrent: boolean;
  /** It is passed by name. */
  isKeyword: boolean;
}

function opened(bracket: string, subject: Value | undefined, isCall: boolean): Open {
  return { bracket, subject, isCall, values: [], current: undefined, hasCurrent: false, isKeyword: false };
}

class Body {
  private readonly scripted: ScriptFunction;
  private readonly declarations: Declarations;
  private readonly flow: Flow;
  private readonly variables = new Map<string, Value>();

  constructor(scripted: ScriptFunction, declarations: Declarations, flow: Flow) {
    this.scripted = scripted;
    this.declarations = declarations;
    this.flow = flow;
    scripted.parameters.forEach(({ name, type }, index) => {
      const isModule = declarations.classes.has(type);
      this.variables.set(
        name,
        isModule ? { kind: 'module', cls: type } : { kind: 'node', node: flow.node(argumentKey(scripted.name, index)) },
      );
    });
  }

  follow(): void {
    for (const { tokens } of this.scripted.lines) {
      const equals = assignmentIn(tokens);
      if (equals > 0) this.assign(targetsIn(tokens.slice(0, equals)), this.valueOf(tokens.slice(equals + 1)));
      else if (tokens[0]?.text === 'return') this.flowTo(resultKey(this.scripted.name), this.valueOf(tokens.slice(1)));
      else this.valueOf(tokens);
    }
  }

  private assign(targets: readonly string[], value: Value | undefined): void {
    const [only] = targets;
    if (targets.length === 1 && only !== undefined) this.bind(only, value);
    if (targets.length < 2 || value?.kind !== 'list') return;
    for (const [i, target] of targets.entries()) this.bind(target, value.values[i]);
  }

  /** A variable that both branches of a condition set may be either. */
  private bind(variable: string, value: Value | undefined): void {
    if (value?.kind === 'node') {
      const key = `variable ${variable} of ${this.scripted.name}`;
      this.flowTo(key, value);
      this.variables.set(variable, { kind: 'node', node: this.flow.node(key) });
    } else if (value && !(value.kind === 'literal' && this.variables.get(variable)?.kind === 'node')) {
      this.variables.set(variable, value);
    }
  }

  private flowTo(key: string, value: Value | undefined): void {
    if (value?.kind === 'node') this.flow.connect(value.node, this.flow.node(key));
  }

  private valueOf(tokens: readonly Token[]): Value | undefined {
    const base = opened('', undefined, false);
    const stack: Open[] = [base];
    for (const [i, { type, text }] of tokens.entries()) {
      const open = last(stack);
      if (type === 'name') {
        const isAttribute = tokens[i - 1]?.text === '.' && open.hasCurrent;
        place(open, isAttribute ? this.attribute(open.current, text) : this.named(text));
      } else if (type !== 'sign') {
        place(open, { kind: 'literal', text: tokens[i - 1]?.text === '-' ? `-${text}` : text });
      } else if (text === '(' || text === '[' || text === '{') {
        stack.push(opened(text, open.current, open.hasCurrent && text === '('));
      } else if (text === ')' || text === ']' || text === '}') {
        if (stack.length === 1) continue;
        stack.pop();
        place(last(stack), this.closed(open, last(stack)));
      } else if (text === ',') {
        next(open);
      } else if (text === '=') {
        open.isKeyword = true;
        open.hasCurrent = false;
      } else if (text !== '.') {
        // Arithmetic and the like: the value before it is no longer alone.
        open.hasCurrent = false;
        open.current = undefined;
      }
    }
    while (stack.length > 1) stack.pop();
    if (base.values.length === 0) return base.current;
    next(base);
    return { kind: 'list', values: base.values };
  }

  /** The value of a bracket that ends. */
  private closed(open: Open, outer: Open): Value | undefined {
    const isGroup = open.bracket === '(' && !open.isCall && open.values.length === 0;
    if (isGroup) return open.current;
    if (open.hasCurrent) next(open);
    if (open.isCall) return this.call(open.subject, open.values);
    // `x[0]` is not followed, nor is a dict.
    return outer.hasCurrent || open.bracket === '{' ? undefined : { kind: 'list', values: open.values };
  }

  private named(name: string): Value {
    const variable = this.variables.get(name);
    if (variable) return variable;
    return name === 'True' || name === 'False' || name === 'None'
      ? { kind: 'literal', text: name }
      : { kind: 'global', name };
  }

  private attribute(value: Value | undefined, name: string): Value | undefined {
    if (value?.kind === 'global') {
      if (value.name === 'CONSTANTS') return { kind: 'node', node: this.flow.node(fieldKey('CONSTANTS', name)) };
      return { kind: 'global', name: `${value.name}.${name}` };
    }
    if (value?.kind !== 'module') return undefined;
    const type = this.declarations.classes.get(value.cls)?.fields.get(name);
    if (type !== undefined && this.declarations.classes.has(type)) return { kind: 'module', cls: type };
    const method = `${value.cls}.${name}`;
    if (type === undefined && this.declarations.functions.has(method)) {
      return { kind: 'method', name: method, self: value };
    }
    return { kind: 'node', node: this.flow.node(fieldKey(value.cls, name)) };
  }

  private call(callee: Value | undefined, args: Values): Value | undefined {
    if (callee?.kind === 'method') return this.callFunction(callee.name, [callee.self, ...args]);
    if (callee?.kind !== 'global') return undefined;
    const { name } = callee;
    if (name === 'annotate' || name === 'unchecked_cast') return args[1];
    if (this.declarations.functions.has(name)) return this.callFunction(name, args);
    const operator = /^(?:torch|ops\.aten)\.(\w+)$/.exec(name)?.[1];
    return operator === undefined ? undefined : applyOperator(operator, args, this.flow);
  }

  private callFunction(name: string, args: Values): Value {
    args.forEach((value, index) => {
      this.flowTo(argumentKey(name, index), value);
    });
    return { kind: 'node', node: this.flow.node(resultKey(name)) };
  }
}

function place(open: Open, value: Value | undefined): void {
  open.current = value;
  open.hasCurrent = true;
}

/** What is passed by name is not followed. */
function next(open: Open): void {
  if (!open.isKeyword) open.values.push(open.current);
  open.current = undefined;
  open.hasCurrent = false;
  open.isKeyword = false;
}

/** Place of the `=` outside of all brackets, or -1. */
function assignmentIn(tokens: readonly Token[]): number {
  let depth = 0;
  for (const [i, { type, text }] of tokens.entries()) {
    if (type !== 'sign') continue;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) depth--;
    else if (text === '=' && depth === 0) return i;
  }
  return -1;
}

/** `a, b`, `x : Optional[Tensor]` */
function targetsIn(tokens: readonly Token[]): string[] {
  const colon = tokens.findIndex(({ text }) => text === ':');
  const names = colon < 0 ? tokens : tokens.slice(0, colon);
  return names.flatMap(({ type, text }) => (type === 'name' ? [text] : []));
}
