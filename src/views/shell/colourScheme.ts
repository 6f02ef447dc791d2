import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';

/** The other of the two colour schemes, and the way to it. */
export function useOtherColours() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light') === 'light' ? 'dark' : 'light';
  return {
    other,
    label: other === 'dark' ? 'Switch to dark colours' : 'Switch to light colours',
    switchColours: () => setColorScheme(other),
  } as const;
}
