/** Mantine dressed in the palette of tokens.css. */
import {
  type ActionIconProps,
  type ButtonProps,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MenuProps,
  type PopoverProps,
  type TooltipProps,
  type VariantColorsResolver,
} from '@mantine/core';

/** Text on blue is white on the light palette and near black on the dark one, whose blue is pale. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const isPrimary = input.color === undefined || input.color === input.theme.primaryColor;
  return input.variant === 'filled' && isPrimary ? { ...colors, color: 'var(--on-kept)' } : colors;
};

/** What drops down ends before the window does, and scrolls. */
const inWindow = { shift: { padding: 8 }, flip: { padding: 8 }, size: { padding: 8 } };
const scrolling = { dropdown: { overflow: 'auto' } };

export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: 'var(--text-s)', sm: 'var(--text)', md: '14px', lg: '16px', xl: '20px' },
  headings: { fontFamily: 'var(--font)', fontWeight: '650' },
  defaultRadius: 'md',
  radius: { sm: '4px', md: '6px', lg: '10px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  primaryColor: 'kept',
  primaryShade: { light: 6, dark: 4 },
  variantColorResolver: variantColors,
  colors: {
    // Shade 6 is --kept of the light palette, shade 4 that of the dark one.
    kept: [
      '#eaf1fd',
      '#d3e2fb',
      '#c9dbf7',
      '#9dc2fb',
      '#6ea8ff',
      '#4385e8',
      '#2563c9',
      '#1f54ab',
      '#1a468f',
      '#143670',
    ],
    // Greys of the palette, for what Mantine takes from its own.
    gray: [
      '#f7f8fa',
      '#f2f4f7',
      '#e8ebf0',
      '#e3e6eb',
      '#c6ccd6',
      '#9aa4b3',
      '#667085',
      '#5f6b80',
      '#344054',
      '#16202e',
    ],
    dark: [
      '#e8edf3',
      '#b9c3d0',
      '#93a0b2',
      '#667386',
      '#2a3340',
      '#202935',
      '#1b232d',
      '#171e27',
      '#131922',
      '#0f141b',
    ],
  },
  components: {
    // Not by the components' own `extend`, which would bring them all along with the theme.
    Button: defaults<ButtonProps>({ size: 'xs', fz: 'sm', variant: 'default' }),
    ActionIcon: defaults<ActionIconProps>({ size: 30, variant: 'default' }),
    Tooltip: defaults<TooltipProps>({ openDelay: 400, withArrow: true, multiline: true, maw: 320 }),
    Popover: defaults<PopoverProps>({ shadow: 'md', middlewares: inWindow, styles: scrolling }),
    Menu: defaults<MenuProps>({
      shadow: 'md',
      position: 'bottom-end',
      withInitialFocusPlaceholder: false,
      middlewares: inWindow,
      styles: scrolling,
    }),
  },
});

function defaults<Props>(defaultProps: Partial<Props>) {
  return { defaultProps };
}

const palette = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--dim)',
  '--mantine-color-placeholder': 'var(--dim)',
  '--mantine-color-error': 'var(--warn)',
  '--mantine-color-anchor': 'var(--kept)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--field)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-disabled': 'var(--field)',
  '--mantine-color-disabled-color': 'var(--dim)',
  '--mantine-color-disabled-border': 'var(--line)',
};

export const palettes: CSSVariablesResolver = () => ({ variables: {}, light: palette, dark: palette });
