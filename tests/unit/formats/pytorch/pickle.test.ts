import { describe, expect, it } from 'vitest';
import { plainHost, TorchHost } from '../../../../src/formats/pytorch/host';
import { PickleEndsEarly } from '../../../../src/formats/pytorch/pickle/reader';
import { unpickle } from '../../../../src/formats/pytorch/pickle/unpickle';
import { PyObj, type PyValue, Ref } from '../../../../src/formats/pytorch/pickle/values';
import { TensorValue } from '../../../../src/formats/pytorch/tensorValue';
import { findTensors } from '../../../../src/formats/pytorch/walk';
import { CheckpointError } from '../../../../src/lib/errors';
import { bytesOf, named, type Piece, tensor, text, uint32, uint64 } from './pickling';

function load(...pieces: readonly Piece[]): PyValue {
  return unpickle(bytesOf(...pieces), 0, plainHost).value;
}

function errorOf(...pieces: readonly Piece[]): CheckpointError {
  try {
    load(...pieces);
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error('The pickle was read.');
}

describe('values', () => {
  it.each<[string, readonly Piece[], PyValue]>([
    ['None', ['N.'], null],
    ['True', [0x88, '.'], true],
    ['False of protocol 0', ['I00\n.'], false],
    ['a byte', ['K', 200, '.'], 200],
    ['two bytes', ['M', 1, 2, '.'], 513],
    ['a negative int', ['J', uint32(-5), '.'], -5],
    ['a LONG1', [0x8a, 2, 0, 0xff, '.'], -256],
    ['a LONG1 beyond 2^53', [0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x40, '.'], 2n ** 62n],
    ['an empty LONG1', [0x8a, 0, '.'], 0],
    ['a LONG4', [0x8b, uint32(1), 7, '.'], 7],
    ['a LONG of protocol 0', ['L-12L\n.'], -12],
    ['a big-endian float', ['G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, '.'], 1.5],
    ['a float of protocol 0', ['F2.5\n.'], 2.5],
    ['text', [text('Gewicht ×2'), '.'], 'Gewicht ×2'],
    ['short text', [0x8c, 1, 'a', '.'], 'a'],
    ['long text', [0x8d, uint64(2n), 'ab', '.'], 'ab'],
    ['text that is no UTF-8', ['U', 1, 0xe9, '.'], 'é'],
    ['a string of protocol 0', ["S'a\\n\\x41'\n."], 'a\nA'],
    ['text of protocol 0', ['Vx\\u00e9\n.'], 'xé'],
    ['bytes', ['C', 2, 1, 2, '.'], new Uint8Array([1, 2])],
    ['a bytearray', [0x96, uint64(1n), 9, '.'], new Uint8Array([9])],
    ['a tuple', ['(K', 1, 'K', 2, 't.'], [1, 2]],
    ['nested tuples', ['K', 1, 0x85, 'NN', 0x87, '.'], [[1], null, null]],
    ['a list', [']K', 1, 'a(K', 2, 'K', 3, 'e.'], [1, 2, 3]],
    ['a list of protocol 0', ['(K', 1, 'l.'], [1]],
    [
      'a dict',
      ['}', text('a'), 'K', 1, 's(K', 2, 'Nu.'],
      new Map<PyValue, PyValue>([
        ['a', 1],
        [2, null],
      ]),
    ],
    ['a dict of protocol 0', ['(K', 1, 'K', 2, 'd.'], new Map([[1, 2]])],
    ['a set', [0x8f, '(K', 1, 0x90, '.'], new Set([1])],
    ['a frozenset', ['(K', 1, 0x91, '.'], new Set([1])],
    ['something memoised', ['K', 7, 'q', 3, '0h', 3, '.'], 7],
    ['something memoised in turn', ['K', 7, 0x94, '0j', uint32(0), '.'], 7],
    ['something memoised by protocol 0', ['K', 7, 'p12\n0g12\n.'], 7],
    ['something twice', ['K', 7, '2', 0x86, '.'], [7, 7]],
    ['something above a mark that is dropped', ['K', 7, '(NN1.'], 7],
    ['framed text', [0x80, 4, 0x95, uint64(3n), 0x8c, 1, 'a', '.'], 'a'],
    ['an OrderedDict', [named('collections', 'OrderedDict'), ')R.'], new Map()],
    ["Python 2's OrderedDict", [named('collections', 'OrderedDict'), '(((K', 1, 'K', 2, 'lltR.'], new Map([[1, 2]])],
    ["Python 2's set", [named('__builtin__', 'set'), '((K', 1, 'ltR.'], new Set([1])],
  ])('%s', (_, pieces, value) => {
    expect(load(...pieces)).toEqual(value);
  });

  it('stop at STOP and say how long the pickle was', () => {
    expect(unpickle(bytesOf('K', 1, '.rest'), 0, plainHost).length).toBe(3);
  });
});

describe('code in a pickle', () => {
  it('is only named: os.system with a command is an object that keeps its argument', () => {
    const value = load(named('os', 'system'), text('rm -rf /'), 0x85, 'R.') as PyObj;
    expect(value).toBeInstanceOf(PyObj);
    expect(value.cls.fullName).toBe('os.system');
    expect(value.args).toEqual(['rm -rf /']);
  });

  it.each<[string, readonly Piece[]]>([
    ['NEWOBJ', [named('a.b', 'C'), ')', 0x81, '.']],
    ['NEWOBJ_EX', [named('a.b', 'C'), ')}', 0x92, '.']],
    ['INST', ['(ia.b\nC\n.']],
    ['OBJ', ['(', named('a.b', 'C'), 'o.']],
    ['STACK_GLOBAL', [text('a.b'), text('C'), 0x93, ')R.']],
    ['copyreg', [named('copy_reg', '_reconstructor'), '(', named('a.b', 'C'), named('__builtin__', 'object'), 'NtR.']],
  ])('makes an inert object by %s', (_, pieces) => {
    expect((load(...pieces) as PyObj).cls.fullName).toBe('a.b.C');
  });

  it('keeps state, items and appended values of an unknown class', () => {
    const value = load(named('a', 'C'), ')', 0x81, '}', text('x'), 'K', 1, 'sb', 'K', 2, 'a', 'K', 3, 'Ns.') as PyObj;
    expect(value.state).toEqual(new Map([['x', 1]]));
    expect(value.listItems).toEqual([2]);
    expect(value.items).toEqual(new Map([[3, null]]));
  });

  it('is listed by name, each once', () => {
    const { globals } = unpickle(
      bytesOf(named('a', 'C'), '0', named('a', 'C'), '0', named('b', 'D'), '.'),
      0,
      plainHost,
    );
    expect(globals.map((ref) => ref.fullName)).toEqual(['a.C', 'b.D']);
    expect(globals[0]).toBeInstanceOf(Ref);
  });
});

describe('what is refused', () => {
  it.each<[string, readonly Piece[], RegExp]>([
    ['an extension code', [0x82, 1, '.'], /0x82 at offset 0 is no pickle opcode/],
    ['an out-of-band buffer', [0x97, '.'], /0x97/],
    ['protocol 6', [0x80, 6, 'N.'], /protocol 6/],
    ['a value from an empty stack', ['.'], /takes a value where there is none/],
    ['a value from below a mark', ['K', 1, '(s.'], /takes a value where there is none/],
    ['a mark that was never set', ['t.'], /mark that was never set/],
    ['a memo that was never written', ['h', 5, '.'], /recalls value 5/],
    ['an item of a number', ['K', 1, 'K', 2, 'K', 3, 's.'], /sets an item of 1/],
    ['a key without value', ['}(K', 1, 'u.'], /without a value/],
    ['appending to a dict', ['}K', 1, 'a.'], /appends to a dict/],
    ['a persistent id that is no storage', [text('x'), 'Q.'], /outside it/],
    ['a class named by numbers', ['K', 1, 'K', 2, 0x93, '.'], /names a class by 1 and 2/],
    ['an int that is none', ['Iabc\n.'], /"abc" in the pickle is no integer/],
    ['an int of 2 GB', [0x8b, uint32(0x7fffffff), '.'], /integer says it is 2147483647 bytes/],
    ['text of negative length', ['T', uint32(-1), '.'], /length is negative \(-1\)/],
  ])('%s', (_, pieces, message) => {
    expect(errorOf(...pieces)).toMatchObject({ code: 'malformed-file', message: expect.stringMatching(message) });
  });

  it.each<[string, readonly Piece[]]>([
    ['nothing', []],
    ['no STOP', ['N']],
    ['text longer than the file', ['X', uint32(0xffffffff), 'a.']],
    ['text of 2^63 bytes', [0x8d, uint64(2n ** 63n), '.']],
    ['a line without end', ['cos']],
  ])('%s, as a pickle that ends early', (_, pieces) => {
    expect(errorOf(...pieces)).toBeInstanceOf(PickleEndsEarly);
  });

  it('a list that is an argument again and again', () => {
    const list = bytesOf('](', new Uint8Array(20_000).fill('N'.charCodeAt(0)), 'eq', 0, '0');
    const calls = Array.from({ length: 3000 }, () => bytesOf(named('', 'dict'), 'h', 0, 0x85, 'R0'));
    expect(errorOf(list, ...calls, 'N.').message).toMatch(/too many arguments/);
  });
});

describe('from an object to its tensors', () => {
  const find = (...pieces: readonly Piece[]) => {
    const { value } = unpickle(bytesOf(...pieces), 0, new TorchHost());
    return findTensors(value, {}).map(({ container, name }) => (container ? `${container}: ${name}` : name));
  };

  it('survives a list that contains itself', () => {
    expect(find(']q', 0, 'h', 0, 'a', tensor('0', 2), 'a.')).toEqual(['1']);
  });

  it('survives modules that know their parents', () => {
    const child = bytesOf(
      named('m', 'Child'),
      ')',
      0x81,
      '}',
      text('_parameters'),
      '}',
      text('w'),
      tensor('0', 2),
      's',
    );
    const parentLink = bytesOf('s', text('parent'), 'h', 0, 'sb');
    const parent = bytesOf(named('m', 'Net'), ')', 0x81, 'q', 0, '}', text('_modules'), '}', text('child'));
    expect(find(parent, child, parentLink, 'ssb.')).toEqual(['child.w']);
  });

  it('names 2^60 ways to no tensor not at all, and to one tensor only so often', () => {
    // Each list holds the one before twice.
    const doubled = (first: Uint8Array, levels: number) => {
      const pieces: Piece[] = [first, 'q', 0];
      for (let level = 1; level <= levels; level++) pieces.push('0]h', level - 1, 'ah', level - 1, 'aq', level);
      return bytesOf(...pieces, '.');
    };
    expect(find(doubled(bytesOf(']'), 60))).toEqual([]);
    expect(() => find(doubled(tensor('0', 1), 60))).toThrow(CheckpointError);
  });

  it('refuses tensors a million lists deep without running out of stack', () => {
    const deep = new Uint8Array(1_000_000).fill(']'.charCodeAt(0));
    const closing = new Uint8Array(999_999).fill('a'.charCodeAt(0));
    expect(() => find(deep, tensor('0', 1), 'a', closing, '.')).toThrow(/1000 levels/);
  });

  it('keeps names that JavaScript objects would not', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    expect(find('}', ...names.flatMap((name) => [text(name), tensor('0', 1), 's']), '.')).toEqual(names);
  });

  it('reads parameters as PyTorch 0.3 pickled them', () => {
    expect(find('}', text('w'), named('torch.nn.parameter', 'Parameter'), tensor('0', 2), 0x85, 'Rs.')).toEqual(['w']);
  });

  it('finds tensors in the arguments, items and slots of unknown classes', () => {
    const slots = bytesOf('N}', text('slot'), tensor('2', 1), 's', 0x86, 'b');
    expect(find(named('a', 'C'), tensor('0', 1), 0x85, 0x81, text('item'), tensor('1', 1), 's', slots, '.')).toEqual([
      'slot',
      'item',
      '0',
    ]);
  });
});

describe('tensors that cannot be', () => {
  const rebuild = (fn: string, ...args: readonly Piece[]) => {
    const bytes = bytesOf(named('torch._utils', fn), '(', ...args, 'tR.');
    return unpickle(bytes, 0, new TorchHost()).value;
  };
  const storage = (numel: number, cls = 'FloatStorage') =>
    bytesOf('(', text('storage'), named('torch', cls), text('0'), text('cpu'), 'J', uint32(numel), 'tQ');

  it.each<[string, readonly Piece[], RegExp]>([
    ['beyond its storage', [storage(4), 'K', 1, 'K', 4, 0x85, 'K', 1, 0x85, 0x89, 'N'], /beyond the 4 elements/],
    ['with more strides than sizes', [storage(4), 'K', 0, 'K', 4, 0x85, ')', 0x89, 'N'], /strides/],
    ['of a negative size', [storage(4), 'K', 0, 'J', uint32(-1), 0x85, 'K', 1, 0x85, 0x89, 'N'], /impossible size/],
    [
      'of 2^60 elements',
      [
        storage(4),
        'K',
        0,
        ...Array.from({ length: 3 }, () => ['J'.charCodeAt(0), ...uint32(2 ** 20)]),
        0x87,
        'KKK',
        0x89,
        'N',
      ],
      /size|takes a value|strides/,
    ],
    ['over something that is no storage', ['N', 'K', 0, ')', ')', 0x89, 'N'], /over None/],
    ['over a storage of no type', [storage(4, 'ImaginaryStorage'), 'K', 0, ')', ')', 0x89, 'N'], /ImaginaryStorage/],
  ])('%s', (_, args, message) => {
    expect(() => rebuild('_rebuild_tensor_v2', ...args)).toThrow(message);
  });

  it('may have no elements and any offset', () => {
    const value = rebuild('_rebuild_tensor_v2', storage(0), 'K', 9, 'K', 0, 0x85, 'K', 1, 0x85, 0x89, 'N');
    expect(value).toBeInstanceOf(TensorValue);
  });

  it('are refused when a storage has two lengths', () => {
    expect(() => unpickle(bytesOf(storage(4), '0', storage(8), '.'), 0, new TorchHost())).toThrow(
      /16 bytes long in one place/,
    );
  });
});
