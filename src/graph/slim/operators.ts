/** Operators that do one thing to each element: what that does to one that is zero decides what may follow it. */

/** Of several operands that are repeated to one shape. */
export const elementwise: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Min', 'Max', 'Sum', 'Mean', 'PRelu', 'Where'],
  ...['And', 'Or', 'Xor', 'Equal', 'Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual', 'BitShift'],
]);

/** Of one operand: zero stays zero. */
export const zeroKeeping: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'CastLike', 'Dropout', 'Relu', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Tanh'],
  ...['Erf', 'Gelu', 'FastGelu', 'QuickGelu', 'Swish', 'HardSwish', 'Mish', 'Softsign', 'Neg', 'Abs', 'Sqrt', 'Sign'],
  ...['Ceil', 'Floor', 'Round', 'Sin', 'Tan', 'Asin', 'Atan', 'Sinh', 'Asinh', 'Atanh', 'Shrink'],
]);

/** Of one operand: zero becomes something else. */
const zeroMoving = [
  'Sigmoid',
  'HardSigmoid',
  'Exp',
  'Log',
  'Softplus',
  'Cos',
  'Acos',
  'Cosh',
  'Acosh',
  'Reciprocal',
  'Not',
  'IsNaN',
  'IsInf',
  'Clip',
];

/** Of one operand (and numbers beside it): the result has its shape and its axes. */
export const unary: ReadonlySet<string> = new Set([...zeroKeeping, ...zeroMoving]);

/** The first result has the shape of the first operand. */
export const sameShape: ReadonlySet<string> = new Set([
  ...unary,
  ...['BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization', 'RMSNormalization'],
  ...['SimplifiedLayerNormalization', 'LpNormalization', 'MeanVarianceNormalization', 'LRN'],
  ...['Softmax', 'LogSoftmax', 'Hardmax', 'CumSum', 'Trilu', 'QuantizeLinear', 'DequantizeLinear'],
]);
