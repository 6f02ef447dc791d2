/** Tells Keras' archives from their first bytes: zip files that begin with what `model.save` writes first. */
import { firstEntryName } from '../zip/firstEntry';

export function looksLikeKeras(head: Uint8Array): boolean {
  const name = firstEntryName(head);
  return name !== undefined && /^(metadata\.json|config\.json|model\.weights\.h5)$/.test(name);
}
