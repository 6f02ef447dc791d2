/** What TorchScript's code declares: classes with their fields, functions with their arguments and lines. */
import { at } from '../../../lib/known';
import { type CodeLine, codeLines, type Token } from './tokens';

export interface ScriptClass {
  /** `__torch__.torch.nn.modules.conv.___torch_mangle_1.Conv2d` */
  readonly name: string;
  /** Absent in what PyTorch before 1.4 wrote. */
  parameters?: ReadonlySet<string>;
  buffers?: ReadonlySet<string>;
  /** Classes of its fields, '' for what is no class of the archive. */
  readonly fields: Map<string, string>;
}

export interface ScriptFunction {
  readonly name: string;
  /** Of a method. */
  readonly owner?: ScriptClass;
  /** Arguments, and their classes ('' for what is none of the archive's). */
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly lines: CodeLine[];
}

export interface Declarations {
  readonly classes: ReadonlyMap<string, ScriptClass>;
  readonly functions: ReadonlyMap<string, ScriptFunction>;
}

/** @param files code by module, e.g. `__torch__.torch.nn.modules.conv` */
export function readDeclarations(files: ReadonlyMap<string, string>): Declarations {
  const classes = new Map<string, ScriptClass>();
  const functions = new Map<string, ScriptFunction>();
  for (const [module, code] of files) {
    let owner: ScriptClass | undefined;
    let current: ScriptFunction | undefined;
    for (const line of codeLines(code)) {
      const [first, second] = line.tokens;
      if (line.indent === 0) owner = undefined;
      if (first?.text === 'class' && line.indent === 0 && second?.type === 'name') {
        owner = { name: `${module}.${second.text}`, fields: new Map() };
        classes.set(owner.name, owner);
        current = undefined;
      } else if (first?.text === 'def' && second?.type === 'name') {
        const name = `${owner?.name ?? module}.${second.text}`;
        current = { name, parameters: parametersIn(line.tokens), lines: [], ...(owner ? { owner } : {}) };
        functions.set(name, current);
      } else if (current) {
        current.lines.push(line);
      } else if (owner && first?.type === 'name') {
        readField(owner, first.text, line.tokens);
      }
    }
  }
  return { classes, functions };
}

/** `weight : Tensor`, `__parameters__ = ["weight", ]` */
function readField(owner: ScriptClass, name: string, tokens: readonly Token[]): void {
  const sign = tokens[1]?.text;
  if (sign === ':') owner.fields.set(name, typeAt(tokens, 2));
  if (sign !== '=') return;
  const names = new Set(tokens.flatMap(({ type, text }) => (type === 'string' ? [text] : [])));
  if (name === '__parameters__') owner.parameters = names;
  if (name === '__buffers__') owner.buffers = names;
}

/** `def forward(self: __torch__.Net, x: Tensor, n: int=3) -> Tensor:` */
function parametersIn(tokens: readonly Token[]): { name: string; type: string }[] {
  const parameters: { name: string; type: string }[] = [];
  let depth = 0;
  let isOver = false;
  tokens.forEach(({ type, text }, i) => {
    if (type === 'sign' && '([{'.includes(text)) depth++;
    else if (type === 'sign' && ')]}'.includes(text)) depth--;
    isOver ||= depth === 0 && i > 2;
    if (isOver || depth !== 1 || (text !== '(' && text !== ',') || tokens[i + 1]?.type !== 'name') return;
    const isTyped = tokens[i + 2]?.text === ':';
    parameters.push({ name: at(tokens, i + 1).text, type: isTyped ? typeAt(tokens, i + 3) : '' });
  });
  return parameters;
}

/** A class of the archive by its dotted name; '' for any other type. */
function typeAt(tokens: readonly Token[], start: number): string {
  if (tokens[start]?.text !== '__torch__') return '';
  let name = '__torch__';
  for (let i = start + 1; tokens[i]?.text === '.' && tokens[i + 1]?.type === 'name'; i += 2) {
    name += `.${at(tokens, i + 1).text}`;
  }
  return name;
}
