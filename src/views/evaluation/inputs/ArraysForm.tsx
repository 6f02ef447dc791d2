import { useEvaluation } from '../../parts/quality/useEvaluation';
import { ArrayUses } from './ArrayUses';
import { FileField } from './FileField';
import classes from './Form.module.css';
import type { SourceFormProps } from './sources';

/** Arrays are read as soon as they are chosen; what each was taken for can be corrected then. */
export function ArraysForm({ disabled, onUse }: SourceFormProps) {
  const arrays = useEvaluation((state) => state.arrays);
  return (
    <div className={classes.form}>
      <FileField
        label="Array files"
        choose="Choose files…"
        accept=".npy,.npz,.pb"
        multiple
        folder
        disabled={disabled}
        onFiles={(files) => onUse({ kind: 'arrays', files: files.filter(({ name }) => /\.(npy|npz|pb)$/i.test(name)) })}
      />
      {arrays && <ArrayUses arrays={arrays} disabled={disabled} onUse={onUse} />}
    </div>
  );
}
