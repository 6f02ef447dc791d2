/** What the code of a TorchScript archive says of the tensors beside it. */
import type { Declared } from '../../../tensors/evidence';
import type { Archive } from '../archive';
import { bufferEvidence, moduleEvidence, weightPlace } from '../evidence/moduleEvidence';
import { isScripted } from '../structure';
import type { FoundTensor } from '../walk';
import { type Declarations, readDeclarations } from './declarations';
import { constantKey, fieldKey, flowOf } from './evaluate';
import { ScriptUses } from './uses';

/** Code of the largest models is a few MiB; what is longer is not read, and says nothing. */
const maxCodeBytes = 8 * 2 ** 20;

const record = /^code\/(.+)\.py$/;

export class ScriptEvidence {
  private readonly declarations: Declarations;
  private readonly uses: ScriptUses;

  /** @param files code by module, e.g. `__torch__.torch.nn.modules.conv` */
  constructor(files: ReadonlyMap<string, string>) {
    this.declarations = readDeclarations(files);
    this.uses = new ScriptUses(flowOf(this.declarations));
  }

  /** With what its module's class and code say of it. */
  declaring(found: FoundTensor): FoundTensor {
    const { owner } = found;
    if (!owner || !isScripted(owner.object)) return found;
    const { object, key } = owner;
    const scripted = this.declarations.classes.get(object.cls.fullName);
    const isList = owner.kind !== 'registered';
    if (scripted?.parameters && (isList || !scripted.parameters.has(key))) {
      const isRegistered = scripted.buffers?.has(key) ?? !isList;
      return { ...found, role: 'buffer', declared: bufferEvidence(isRegistered) };
    }
    const declared = moduleEvidence(found) ?? this.ofField(found);
    return declared ? { ...found, declared } : found;
  }

  /** The constant `CONSTANTS.c…` of that number. */
  ofConstant(index: number, shape: readonly number[]): Declared | undefined {
    return this.uses.of(constantKey(index), shape);
  }

  private ofField({ owner, tensor }: FoundTensor): Declared | undefined {
    if (!owner || weightPlace(owner).isMagnitude) return undefined;
    return this.uses.of(fieldKey(owner.object.cls.fullName, owner.key), tensor.shape);
  }
}

/** @throws CheckpointError for code that does not inflate */
export async function readScriptEvidence(archive: Archive): Promise<ScriptEvidence> {
  const files = new Map<string, string>();
  const names = archive.recordNames().filter((name) => record.test(name));
  const bytes = names.reduce((sum, name) => sum + archive.entry(name).size, 0);
  if (bytes > maxCodeBytes) return new ScriptEvidence(files);
  for (const name of names) {
    const [, path = ''] = record.exec(name) ?? [];
    files.set(path.replaceAll('/', '.'), await archive.text(name));
  }
  return new ScriptEvidence(files);
}
