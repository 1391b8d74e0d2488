// One lint for all of it; the engine may reach for nothing outside itself and `shared`.
import tseslint from 'typescript-eslint';

const outside = (names, why) => ({
  'no-restricted-imports': ['error', { patterns: [{ group: names, message: why }] }],
});

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'node_modules/**', '**/*.gen.ts'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/engine/**'],
    rules: outside(
      ['vscode', 'node:*', '**/host/**', '**/node/**', '**/webview/**', '**/source/**'],
      'The engine is pure: no editor, no Node, no DOM.',
    ),
  },
  {
    files: ['src/shared/**'],
    rules: outside(['vscode', 'node:*', '**/host/**', '**/node/**', '**/webview/**'], 'What both sides share imports neither.'),
  },
  {
    files: ['src/webview/**'],
    rules: outside(['vscode', 'node:*', '**/host/**', '**/node/**'], 'A webview runs in a browser.'),
  },
);
