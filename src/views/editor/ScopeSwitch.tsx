import { SegmentedControl } from '@mantine/core';
import { formatInteger } from '../../lib/numbers';
import type { EditScope } from '../../state/selectionSlice';
import { studio, useStudio } from '../../state/store';

/** What the handle and its fields act on. */
export function ScopeSwitch() {
  const scope = useStudio((state) => state.editScope);
  const selected = useStudio((state) => state.selection.length);
  return (
    <SegmentedControl<EditScope>
      size="xs"
      aria-label="Edit scope"
      value={scope}
      onChange={studio.getState().setEditScope}
      data={[
        { value: 'layer', label: 'This layer' },
        { value: 'selected', label: `Selected (${formatInteger(selected)})` },
        { value: 'model', label: 'Whole model' },
      ]}
    />
  );
}
