import { createTheme, Drawer, Modal, PasswordInput, Select, TextInput, type MantineColorsTuple } from '@mantine/core';

/** Ink on paper: a sober page that prints well, with one red and one gold for what must be noticed. */
const ink: MantineColorsTuple = [
  '#eef3f8',
  '#dbe4ee',
  '#b5c7da',
  '#8ba8c5',
  '#678db3',
  '#4b78a5',
  '#2f628f',
  '#1a4b78',
  '#143d63',
  '#0d2c49',
];

const red: MantineColorsTuple = [
  '#fdeeec',
  '#f7d6d3',
  '#eeaaa4',
  '#e57b73',
  '#dc544a',
  '#d13a2f',
  '#b9281e',
  '#a11f17',
  '#861812',
  '#64110c',
];

export const theme = createTheme({
  fontFamily: "'Be Vietnam Pro', sans-serif",
  headings: { fontFamily: "'Be Vietnam Pro', sans-serif", fontWeight: '700' },
  colors: { ink, red },
  primaryColor: 'ink',
  primaryShade: 7,
  black: '#16202c',
  defaultRadius: 6,
  cursorType: 'pointer',
  focusRing: 'always',
  respectReducedMotion: true,
  components: {
    // The lock of the page's scrolling is a style within the page, which the policy forbids.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false } }),
    Modal: Modal.extend({ defaultProps: { lockScroll: false }, styles: { title: { fontSize: 18, fontWeight: 700, lineHeight: 1.4 } } }),
    Select: Select.extend({ defaultProps: { size: 'md' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'md' } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: 'md' } }),
  },
});
