/** What TorchScript's code says of weights. The code is in the form that PyTorch 2.13 prints it in. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeclarations } from '../../../../src/formats/pytorch/script/declarations';
import { constantKey, fieldKey, flowOf } from '../../../../src/formats/pytorch/script/evaluate';
import { Flow } from '../../../../src/formats/pytorch/script/flow';
import { codeLines } from '../../../../src/formats/pytorch/script/tokens';
import { ScriptUses } from '../../../../src/formats/pytorch/script/uses';

function usesIn(files: Readonly<Record<string, string>>): ScriptUses {
  return new ScriptUses(flowOf(readDeclarations(new Map(Object.entries(files)))));
}

/** What the lines of a frozen module's forward say of its first constant. */
function constant(shape: readonly number[], ...lines: readonly string[]) {
  const body = lines.map((line) => `    ${line}`).join('\n');
  const code = `class Net(Module):\n  __parameters__ = []\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n${body}\n`;
  return usesIn({ __torch__: code }).of(constantKey(0), shape);
}

describe('a constant', () => {
  it.each<[string, readonly number[], string, string, number[] | undefined, number[] | undefined]>([
    ['a convolution', [4, 1, 3, 3], 'y = torch.conv2d(x, CONSTANTS.c0, CONSTANTS.c1, [1, 1])', 'conv', [0], [1]],
    [
      'a traced one',
      [4, 1, 3],
      'y = torch._convolution(x, CONSTANTS.c0, None, [1], [0], [1], False, [0], 1)',
      'conv',
      [0],
      [1],
    ],
    [
      'a transposed one',
      [4, 1, 3],
      'y = torch._convolution(x, CONSTANTS.c0, None, [1], [0], [1], True, [0], 1)',
      'conv',
      [1],
      [0],
    ],
    ['another transposed one', [4, 1, 3, 3], 'return torch.conv_transpose2d(x, CONSTANTS.c0)', 'conv', [1], [0]],
    ['a linear layer', [3, 5], 'y = torch.relu(torch.linear(x, CONSTANTS.c0))', 'linear', [0], [1]],
    ['a product from the left', [3, 5], 'y = torch.matmul(CONSTANTS.c0, x)', 'linear', [0], [1]],
    ['a product', [3, 5], 'y = torch.matmul(x, CONSTANTS.c0)', 'linear', [1], [0]],
    ['a product with its transpose', [3, 5], 'y = torch.matmul(x, torch.t(CONSTANTS.c0))', 'linear', [0], [1]],
    ['transposed by number', [3, 5], 'y = torch.matmul(x, torch.transpose(CONSTANTS.c0, -2, -1))', 'linear', [0], [1]],
    ['transposed whole', [3, 5], 'y = torch.mm(x, torch.numpy_T(torch.to(CONSTANTS.c0, 6)))', 'linear', [0], [1]],
    ['permuted', [3, 2, 5], 'y = torch.conv1d(x, torch.permute(CONSTANTS.c0, [2, 0, 1]))', 'conv', [2], [0]],
    ['Conv1D', [3, 5], 'y = torch.addmm(CONSTANTS.c1, torch.view(x, [-1, 3]), CONSTANTS.c0)', 'linear', [1], [0]],
    ['experts', [2, 3, 5], 'y = torch.bmm(x, CONSTANTS.c0)', 'linear', [2], [1]],
    ['a contraction', [4, 2, 3], 'y = torch.einsum("bld,dhk->blhk", [x, CONSTANTS.c0])', 'linear', [1, 2], [0]],
    ['a table', [5, 3], 'y = torch.embedding(CONSTANTS.c0, x)', 'embedding', [0], [1]],
    ['a gain', [5], 'y = torch.layer_norm(x, [5], CONSTANTS.c0, CONSTANTS.c1)', 'norm', undefined, undefined],
    [
      'statistics',
      [5],
      'y = torch.batch_norm(x, None, None, CONSTANTS.c0, CONSTANTS.c1, False)',
      'buffer',
      undefined,
      undefined,
    ],
    ['a slope', [5], 'y = torch.prelu(x, CONSTANTS.c0)', 'prelu', undefined, undefined],
    ['a bias', [5], 'y = torch.linear(x, CONSTANTS.c1, CONSTANTS.c0)', 'bias', undefined, undefined],
    [
      'a gate',
      [8, 2],
      'a, b, c = torch.lstm(x, [h, h], [CONSTANTS.c0, CONSTANTS.c1], True, 1, 0., False)',
      'recurrent',
      [0],
      [1],
    ],
    ['of a cell', [8, 2], 'h, c, = torch.lstm_cell(x, [h, h], CONSTANTS.c0, CONSTANTS.c1)', 'recurrent', [0], [1]],
  ])('is %s by the operator that takes it', (_, shape, line, kind, outputs, inputs) => {
    const declared = constant(shape, line);
    expect(declared?.kind).toBe(kind);
    expect(declared?.axes?.outputs).toEqual(outputs);
    expect(declared?.axes?.inputs).toEqual(inputs);
  });

  it('of packed sequences comes behind their sizes', () => {
    const line = 'a, b, c = torch.lstm(x, sizes, [h, h], [CONSTANTS.c0, CONSTANTS.c1], True, 1, 0., False, False)';
    expect(constant([8, 2], line)?.kind).toBe('recurrent');
    expect(constant([8], line)?.kind).toBe('bias');
  });

  it('of experts knows its copies', () => {
    expect(constant([2, 3, 5], 'y = torch.bmm(x, CONSTANTS.c0)')?.axes).toEqual({
      outputs: [2],
      inputs: [1],
      copies: [0],
    });
  });

  it('is followed through variables, lists and both branches', () => {
    const lines = ['_0 = [CONSTANTS.c0, CONSTANTS.c1]', 'if training:', '  w = CONSTANTS.c0', 'else:', '  w = None'];
    expect(constant([3, 5], ...lines, 'w0 = unchecked_cast(Tensor, w)', 'y = torch.linear(x, w0, None)')?.kind).toBe(
      'linear',
    );
    expect(constant([8, 2], ...lines, 'a, b = torch.gru(x, h, _0, True)')?.kind).toBe('recurrent');
  });

  it('is the gain of a weight, not a weight', () => {
    const line = 'y = torch.conv2d(x, torch.mul(CONSTANTS.c0, CONSTANTS.c1))';
    expect(constant([4, 1, 1, 1], line)).toBeUndefined();
    expect(constant([4, 2, 1, 1], line)?.kind).toBe('conv');
  });

  it.each([
    ['is data', 'y = torch.linear(CONSTANTS.c0, CONSTANTS.c1)'],
    ['is reshaped', 'y = torch.linear(x, torch.reshape(CONSTANTS.c0, [3, 5]))'],
    ['is for an unknown operator', 'y = ops.somebody.linear(x, CONSTANTS.c0)'],
    ['is used in two ways', 'y = torch.linear(torch.prelu(x, CONSTANTS.c0), CONSTANTS.c0)'],
    ['is passed by name', 'y = torch.linear(x, CONSTANTS.c1, bias=CONSTANTS.c0)'],
    ['has an ellipsis in its equation', 'y = torch.einsum("...d,d...->...", [x, CONSTANTS.c0])'],
  ])('says nothing where it %s', (_, line) => {
    expect(constant([3, 5], line)).toBeUndefined();
  });

  it('has no claim on shapes that do not fit', () => {
    expect(constant([3], 'y = torch.linear(x, CONSTANTS.c0)')).toBeUndefined();
    expect(constant([3, 5], 'y = torch.conv2d(x, CONSTANTS.c0)')).toBeUndefined();
  });

  it('that is looked up and multiplied with is a table', () => {
    const declared = constant([9, 4], 'e = torch.embedding(CONSTANTS.c0, x)', 'y = torch.linear(e, CONSTANTS.c0)');
    expect(declared?.kind).toBe('embedding');
  });

  it('keeps its kind, not its axes, where uses differ in them', () => {
    const declared = constant([4, 4], 'y = torch.linear(x, CONSTANTS.c0)', 'z = torch.matmul(y, CONSTANTS.c0)');
    expect(declared?.kind).toBe('linear');
    expect(declared?.axes).toBeUndefined();
  });
});

describe('a field', () => {
  const modules = {
    '__torch__.layers': `class Own(Module):
  __parameters__ = ["weight", "scale", ]
  __buffers__ = ["table", ]
  weight : Tensor
  scale : Tensor
  table : Tensor
  inner : __torch__.layers.___torch_mangle_1.Inner
  def forward(self: __torch__.layers.Own,
    x: Tensor) -> Tensor:
    _0 = __torch__.functions.dense
    weight = self.weight
    inner = self.inner
    kernel = inner.kernel
    _1 = torch.conv1d(x, kernel)
    return (self).project(_0(_1, weight, ), )
  def project(self: __torch__.layers.Own,
    x: Tensor) -> Tensor:
    return (self.inner).forward(x, )
`,
    '__torch__.layers.___torch_mangle_1': `class Inner(Module):
  __parameters__ = ["kernel", "table", ]
  kernel : Tensor
  table : Tensor
  def forward(self: __torch__.layers.___torch_mangle_1.Inner,
    x: Tensor) -> Tensor:
    return torch.matmul(x, (self).turned())
  def turned(self: __torch__.layers.___torch_mangle_1.Inner) -> Tensor:
    table = self.table
    return torch.t(table)
`,
    '__torch__.functions': `def dense(input: Tensor,
    weight: Tensor,
    bias: Optional[Tensor]=None) -> Tensor:
  return torch.linear(input, weight, bias)
`,
  };
  const uses = usesIn(modules);

  it('is followed into functions', () => {
    expect(uses.of(fieldKey('__torch__.layers.Own', 'weight'), [3, 5])?.because).toBe(
      'torch.linear takes it as its weight',
    );
  });

  it('is found from outside its module', () => {
    const declared = uses.of(fieldKey('__torch__.layers.___torch_mangle_1.Inner', 'kernel'), [3, 5, 2]);
    expect(declared?.kind).toBe('conv');
  });

  it('is followed out of methods', () => {
    const declared = uses.of(fieldKey('__torch__.layers.___torch_mangle_1.Inner', 'table'), [3, 5]);
    expect(declared).toMatchObject({ kind: 'linear', axes: { outputs: [0], inputs: [1] } });
  });

  it('that no code uses says nothing', () => {
    expect(uses.of(fieldKey('__torch__.layers.Own', 'scale'), [3])).toBeUndefined();
  });

  it('is a parameter or a buffer as its class says', () => {
    const own = readDeclarations(new Map(Object.entries(modules))).classes.get('__torch__.layers.Own');
    expect(own?.parameters).toEqual(new Set(['weight', 'scale']));
    expect(own?.buffers).toEqual(new Set(['table']));
    expect(own?.fields.get('inner')).toBe('__torch__.layers.___torch_mangle_1.Inner');
  });
});

describe('code of any kind', () => {
  const pieces = fc.constantFrom(
    ...[
      'class A(Module):\n',
      '  def f(self: __torch__.A, x: Tensor) -> Tensor:\n',
      '    y = ',
      'self',
      '.',
      'w',
      'x',
      'torch',
    ],
    ...[
      '.linear(',
      '.einsum("ij,jk->ik", [',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      '=',
      '"',
      "'",
      '\\',
      '\n',
      '    return ',
      '-',
    ],
    ...[
      'CONSTANTS.c0',
      'True',
      '3',
      ':',
      '    if x:\n',
      '#',
      '__parameters__ = ["w"]',
      '  w : Tensor\n',
      '\u00e9',
      '\0',
    ],
  );

  it('is read to its end, and never an error', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 200 }), (parts) => {
        const uses = usesIn({ __torch__: parts.join('') });
        uses.of(constantKey(0), [2, 3]);
        uses.of(fieldKey('__torch__.A', 'w'), [2, 3]);
      }),
    );
  });

  it('is as many lines as it has outside of brackets', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (code) => {
        const lines = [...codeLines(code)];
        expect(lines.length).toBeLessThanOrEqual(code.split('\n').length);
        for (const { tokens } of lines) expect(tokens.length).toBeGreaterThan(0);
      }),
    );
  });

  it.each([
    ['brackets without end', '('.repeat(200_000)],
    ['quotes without end', 'x = '.concat('"\\'.repeat(200_000))],
    ['values that go in circles', `${'    a = b\n    b = a\n'.repeat(20_000)}    y = torch.linear(a, CONSTANTS.c0)\n`],
    ['calls of itself', '    return f(f(f(self, x), x), x)\n'.repeat(20_000)],
  ])('does not take long for %s', (_, body) => {
    const start = performance.now();
    const code = `def f(self, a, b):\n    a = CONSTANTS.c0\n${body}`;
    usesIn({ __torch__: code }).of(constantKey(0), [2, 3]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('says nothing where one value would go a million ways', () => {
    const flow = new Flow();
    const node = flow.node(constantKey(0));
    flow.use(node, { operator: 'torch.linear', as: 'linear' });
    for (let way = 0; way < 1_100_000; way++) flow.connect(node, node);
    expect(new ScriptUses(flow).of(constantKey(0), [2, 3])).toBeUndefined();
  });
});
