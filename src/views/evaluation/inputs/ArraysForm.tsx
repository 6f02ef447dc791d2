import { FileField } from './FileField';
import type { SourceFormProps } from './sources';

/** Arrays are read as soon as they are chosen: there is nothing to set. */
export function ArraysForm({ disabled, onUse }: SourceFormProps) {
  return (
    <FileField
      label="Array files"
      choose="Choose files…"
      accept=".npy,.npz,.pb"
      multiple
      folder
      disabled={disabled}
      onFiles={(files) => onUse({ kind: 'arrays', files: files.filter(({ name }) => /\.(npy|npz|pb)$/i.test(name)) })}
    />
  );
}
