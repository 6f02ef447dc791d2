import { useLocalStorage } from '@mantine/hooks';
import { type OptionalColumn, parseColumns } from './columns';

/** Columns that were chosen, in this and earlier sessions; null until then. */
export function useChosenColumns() {
  const [chosen, setChosen] = useLocalStorage<readonly OptionalColumn[] | null>({
    key: 'secateur-layer-columns',
    defaultValue: null,
    getInitialValueInEffect: false,
    deserialize: parseColumns,
  });
  return [chosen, setChosen] as const;
}
