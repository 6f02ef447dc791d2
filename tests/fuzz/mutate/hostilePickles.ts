/** Pickles that public scanners (picklescan, fickling, modelscan) list, and those that would take all time or memory. */
import { bytesOf, named, type Piece, tensor, text, uint32, uint64 } from '../../unit/formats/pytorch/pickling';
import type { Random } from '../random';
import type { Bytes } from './mutation';

/** What such a pickle calls, and with which text. */
const calls: readonly (readonly [module: string, name: string, argument: string])[] = [
  ['os', 'system', 'true'],
  ['posix', 'system', 'true'],
  ['nt', 'system', 'dir'],
  ['os', 'popen', 'true'],
  ['os', 'execl', '/bin/true'],
  ['subprocess', 'Popen', 'true'],
  ['subprocess', 'check_output', 'true'],
  ['commands', 'getoutput', 'true'],
  ['builtins', 'eval', '1'],
  ['builtins', 'exec', 'pass'],
  ['builtins', 'compile', 'pass'],
  ['builtins', 'open', '/etc/passwd'],
  ['builtins', 'getattr', 'x'],
  ['builtins', '__import__', 'os'],
  ['builtins', 'breakpoint', ''],
  ['__builtin__', 'eval', '1'],
  ['__builtin__', 'execfile', 'x'],
  ['__main__', 'exploit', ''],
  ['importlib', 'import_module', 'os'],
  ['runpy', '_run_code', 'x'],
  ['runpy', 'run_path', 'x'],
  ['pip', 'main', 'install'],
  ['pty', 'spawn', '/bin/sh'],
  ['sys', 'exit', '1'],
  ['socket', 'socket', ''],
  ['shutil', 'rmtree', '/'],
  ['webbrowser', 'open', 'http://localhost'],
  ['requests.api', 'get', 'http://localhost'],
  ['httplib', 'HTTPSConnection', 'localhost'],
  ['http.client', 'HTTPSConnection', 'localhost'],
  ['aiohttp.client', 'ClientSession', ''],
  ['urllib.request', 'urlopen', 'http://localhost'],
  ['pickle', 'loads', ''],
  ['_pickle', 'loads', ''],
  ['marshal', 'loads', ''],
  ['types', 'CodeType', ''],
  ['types', 'FunctionType', ''],
  ['codecs', 'decode', 'x'],
  ['operator', 'attrgetter', 'system'],
  ['operator', 'methodcaller', 'system'],
  ['_operator', 'attrgetter', 'system'],
  ['functools', 'partial', 'x'],
  ['functools', 'reduce', 'x'],
  ['asyncio.unix_events', '_UnixSubprocessTransport._start', 'x'],
  ['multiprocessing.util', 'spawnv_passfds', 'x'],
  ['timeit', 'timeit', '1'],
  ['cProfile', 'runctx', '1'],
  ['profile', 'Profile.run', '1'],
  ['trace', 'Trace.run', '1'],
  ['pdb', 'run', '1'],
  ['bdb', 'Bdb.run', '1'],
  ['code', 'InteractiveInterpreter.runcode', '1'],
  ['idlelib.pyshell', 'ModifiedInterpreter.runcode', '1'],
  ['doctest', 'debug_script', '1'],
  ['pydoc', 'pipepager', 'x'],
  ['venv', 'create', 'x'],
  ['ensurepip', '_run_pip', 'x'],
  ['lib2to3.pgen2.grammar', 'Grammar.loads', 'x'],
  ['ctypes', 'CDLL', 'libc.so.6'],
  ['tempfile', 'mktemp', ''],
  ['ssl', 'SSLSocket', ''],
  ['logging.config', 'listen', ''],
  ['numpy', 'load', 'x'],
  ['numpy.f2py.crackfortran', 'getlincoef', 'x'],
  ['numpy.testing._private.utils', 'runstring', '1'],
  ['torch', 'load', 'x'],
  ['torch.hub', 'load', 'x'],
  ['torch.storage', '_load_from_bytes', 'x'],
  ['torch.serialization', 'load', 'x'],
  ['torch._inductor.codecache', 'compile_file', 'x'],
  ['torch.fx.experimental.symbolic_shapes', 'ShapeEnv.evaluate_guards_expression', 'x'],
  ['torch.jit.unsupported_tensor_ops', 'execWrapper', 'x'],
  ['torch.utils.collect_env', 'run', 'x'],
  ['torch.utils.bottleneck.__main__', 'run_cprofile', 'x'],
  ['dill._dill', '_create_code', 'x'],
  ['cloudpickle.cloudpickle', '_make_function', 'x'],
  ['joblib.numpy_pickle', 'load', 'x'],
  ['collections', 'OrderedDict.fromkeys', 'x'],
  ['__proto__', 'constructor', 'x'],
  ['constructor', 'prototype', 'x'],
  ['torch._utils', '_rebuild_tensor_v2', 'x'],
  ['torch._utils', '_rebuild_parameter', 'x'],
  ['numpy.core.multiarray', '_reconstruct', 'x'],
];

/** STACK_GLOBAL, which takes its names from the stack: of pieces, out of the memo, where a scanner may not look. */
const stackNamed = (module: string, name: string): Piece => bytesOf(text(module), 0x94, text(name), 0x94, 0x93);

/** Every way in which a pickle calls something. */
const callings: readonly ((module: string, name: string, argument: Piece) => Bytes)[] = [
  (module, name, argument) => bytesOf(named(module, name), '(', argument, 'tR.'),
  (module, name, argument) => bytesOf(stackNamed(module, name), argument, 0x85, 'R.'),
  (module, name, argument) => bytesOf('(', argument, `i${module}\n${name}\n.`),
  (module, name, argument) => bytesOf('(', named(module, name), argument, 'o.'),
  (module, name, argument) => bytesOf(named(module, name), argument, 0x85, 0x81, '.'),
  (module, name, argument) => bytesOf(stackNamed(module, name), argument, 0x85, '}', 0x92, '.'),
  (module, name, argument) => bytesOf(named(module, name), ')R', argument, 'b.'),
  (module, name, argument) =>
    bytesOf(named(module, name), ')', 0x81, '}(', text('__setstate__'), named(module, name), 'ub', argument, 'b.'),
  // As a state dict, so that it reaches what lists tensors.
  (module, name, argument) =>
    bytesOf('}(', text('weight'), named(module, name), argument, 0x85, 'R', text('w'), tensor('0', 4), 'u.'),
];

const bombs: readonly (() => Bytes)[] = [
  // Lists of lists: 2^40 items for whoever walks them all.
  () =>
    bytesOf(
      ']q',
      0,
      '0',
      ...Array.from({ length: 40 }, (_, i) => bytesOf('](h', i, 'h', i, 'eq', i + 1, '0')),
      'h',
      40,
      '.',
    ),
  () =>
    bytesOf(
      '}q',
      0,
      '0',
      ...Array.from({ length: 40 }, (_, i) => bytesOf('}(', text('a'), 'h', i, text('b'), 'h', i, 'uq', i + 1, '0')),
      'h',
      40,
      '.',
    ),
  // Tuples within tuples, lists in themselves.
  () => bytesOf(')', ...Array.from({ length: 100_000 }, () => 0x85), '.'),
  () => bytesOf(...Array.from({ length: 50_000 }, () => ']'), ...Array.from({ length: 49_999 }, () => 'a'), '.'),
  () => bytesOf(']q', 0, 'h', 0, 'a.'),
  () => bytesOf('}q', 0, text('self'), 'h', 0, 's.'),
  () => bytesOf(...Array.from({ length: 100_000 }, () => '('), '.'),
  () => bytesOf('N', ...Array.from({ length: 100_000 }, () => '2'), '.'),
  // Lengths and numbers that are not there, or too long to be turned into decimals.
  () => bytesOf('X', uint32(0xffffffff), 'a.'),
  () => bytesOf(0x8d, uint64(2n ** 63n), 'a.'),
  () => bytesOf(0x96, uint64(2n ** 40n), '.'),
  () => bytesOf(0x95, uint64(2n ** 64n - 1n), 'N.'),
  () => bytesOf(0x8b, uint32(0x80000000), '.'),
  () => bytesOf(0x8b, uint32(200_000), new Uint8Array(200_000).fill(0x7f), '.'),
  () => bytesOf(`L${'9'.repeat(200_000)}L\n.`),
  () => bytesOf(`I${'9'.repeat(200_000)}\n.`),
  () => bytesOf('Fnan\n.'),
  () => bytesOf('F1e999\n.'),
  () => bytesOf('Nr', uint32(0xffffffff), '.'),
  () => bytesOf('Np99999999999999999999\ng99999999999999999999\n.'),
  () => bytesOf('j', uint32(0xfffffff0), '.'),
  () => bytesOf(0x82, 1, '.'),
  () => bytesOf(0x84, uint32(0x7fffffff), '.'),
  () => bytesOf(0x97, 0x98, '.'),
  () => bytesOf('P../../etc/passwd\n.'),
  () => bytesOf(text('only text'), 'Q.'),
  () => bytesOf(`S'\\x`, '\n.'),
  () => bytesOf('V\\ud800\\u\n.'),
  // A tensor of more elements than there are numbers, of shapes and strides that are none.
  () =>
    bytesOf('}(', text('a'), tensor('0', -1), text('b'), tensor('../0', 4), text('c'), tensor('', 2 ** 31 - 1), 'u.'),
  () => bytesOf('}(', ...Array.from({ length: 3000 }, (_, i) => bytesOf(text(`w${i % 7}`), tensor('0', 1))), 'u.'),
  () =>
    bytesOf(
      '}(',
      text('__proto__'),
      tensor('0', 4),
      text('constructor'),
      tensor('1', 4),
      'N',
      tensor('0', 4),
      ')',
      tensor('0', 4),
      'u.',
    ),
];

const call = (random: Random): Bytes => {
  const [module, name, argument] = random.pick(calls);
  const pickle = random.pick(callings)(module, name, text(argument));
  return random.chance(0.8) ? bytesOf(0x80, random.pick([2, 2, 4, 5]), pickle) : pickle;
};

const bomb = (random: Random): Bytes => bytesOf(0x80, random.pick([2, 4]), random.pick(bombs)());

export const hostilePickles: readonly ((random: Random) => Bytes)[] = [call, call, bomb];
