/** Damages a file by its structure where that is known, else as bytes. */
import type { Random } from '../random';
import { byteMutations } from './bytes';
import { jsonMutations } from './json';
import type { Bytes, Mutation } from './mutation';
import { npyMutations } from './npy';
import { pickleMutations } from './pickle';
import { protobufMutations } from './protobuf';
import { tableMutations } from './table';
import { xmlMutations } from './xml';
import { zipMutations } from './zip';

const contents: readonly Mutation[] = [
  ...pickleMutations,
  ...jsonMutations,
  ...npyMutations,
  ...xmlMutations,
  ...tableMutations,
  ...protobufMutations,
];
const structures: readonly Mutation[] = [
  ...zipMutations((bytes, random) => once(contents, bytes, random)),
  ...contents,
];

/** Once, or a few times one after the other. */
export async function mutated(bytes: Bytes, random: Random): Promise<Bytes> {
  let result = bytes;
  for (let left = random.chance(0.75) ? 1 : 2 + random.below(2); left > 0 && result.length > 0; left--) {
    result = await once(structures, result, random);
  }
  return result;
}

async function once(byStructure: readonly Mutation[], bytes: Bytes, random: Random): Promise<Bytes> {
  if (random.chance(0.7)) {
    const first = random.below(byStructure.length);
    for (let i = 0; i < byStructure.length; i++) {
      const result = await byStructure[(first + i) % byStructure.length]!(bytes, random);
      if (result) return result;
    }
  }
  return (await random.pick(byteMutations)(bytes, random)) ?? bytes;
}
