/**
 * MindSpore's checkpoints are a protobuf without a magic number (mindspore/ccsrc/utils/checkpoint.proto): `Checkpoint`
 * is repeated `Value value = 1`, a value `string tag = 1` and `TensorProto tensor = 2`, that `repeated int64 dims = 1`,
 * `string tensor_type = 2` and `bytes tensor_content = 3`.
 */
import type { Evidence } from './row';

const tensorType = /^(B?Float|U?Int|QInt|Complex|Bool|str)\d*$/i;
const message = (field: number) => field * 8 + 2;
const number = (field: number) => field * 8;
/** As many dimensions as anything has. */
const maxDimensions = 64;

/** Whether the first value is one of MindSpore's, as far as the name of its type. */
export function isMindSpore({ head, text }: Evidence): boolean {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 50; scale *= 128) {
      const byte = head[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  if (varint() !== message(1)) return false;
  varint(); // of the value
  if (varint() !== message(1)) return false;
  const tagLength = varint();
  at += tagLength;
  if (varint() !== message(2)) return false;
  varint(); // of the tensor
  for (let dimensions = 0; dimensions <= maxDimensions; dimensions++) {
    const tag = varint();
    const value = varint();
    if (tag === message(1)) at += value;
    else if (tag === message(2)) return tensorType.test(text.slice(at, at + value));
    else if (tag !== number(1)) return false;
  }
  return false;
}
