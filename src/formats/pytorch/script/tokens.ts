/** TorchScript's code (torch/csrc/jit/serialization/python_print.cpp) as tokens: names, numbers, strings, signs. */

export interface Token {
  readonly type: 'name' | 'number' | 'string' | 'sign';
  /** Of a string: what is between its quotes. */
  readonly text: string;
}

/** A line of code, with those that its brackets continue. */
export interface CodeLine {
  /** Spaces before it. */
  readonly indent: number;
  readonly tokens: readonly Token[];
}

const space = /[ \t\r]+/y;
const name = /[A-Za-z_]\w*/y;
const number = /\d[\w.]*(?:(?<=[eE])[+-]\d+)?/y;
const sign = /->|==|[^\s\w]/y;

/** What is no token is skipped: nobody is asked to run this. */
export function* codeLines(code: string): Generator<CodeLine> {
  let tokens: Token[] = [];
  let indent = 0;
  let depth = 0;
  let lineStart = 0;
  let at = 0;
  const matched = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(code)?.[0];
  };
  while (at < code.length) {
    const character = code.charAt(at);
    if (character === '\n') {
      lineStart = ++at;
      if (depth > 0 || tokens.length === 0) continue;
      yield { indent, tokens };
      tokens = [];
      continue;
    }
    const blank = matched(space);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    if (tokens.length === 0) indent = at - lineStart;
    if (character === '#') {
      at = endOfLine(code, at);
    } else if (character === '"' || character === "'") {
      const end = endOfString(code, at);
      tokens.push({ type: 'string', text: code.slice(at + 1, end - 1) });
      at = end;
    } else {
      const word = matched(name);
      const text = word ?? matched(number) ?? matched(sign) ?? character;
      at += text.length;
      if (word === undefined && '([{'.includes(text)) depth++;
      if (word === undefined && ')]}'.includes(text)) depth = Math.max(0, depth - 1);
      tokens.push({ type: word === undefined ? typeOf(text) : 'name', text });
    }
  }
  if (tokens.length > 0) yield { indent, tokens };
}

function typeOf(text: string): Token['type'] {
  return /^\d/.test(text) ? 'number' : 'sign';
}

function endOfLine(code: string, start: number): number {
  const end = code.indexOf('\n', start);
  return end < 0 ? code.length : end;
}

/** Behind the closing quote, or the end of the line where there is none. */
function endOfString(code: string, start: number): number {
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === code[start]) return at + 1;
    if (code[at] === '\n') return at;
    if (code[at] === '\\') at++;
  }
  return code.length;
}
