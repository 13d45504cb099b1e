import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { layerRule } from './scripts/lint/layer-rule.mjs';

/**
 * The floors of the house, the lowest first: each may import what its line names, from the index of the other library
 * alone. `docs/architecture.md` draws this. Libraries of the ground floor may use one another, without cycles.
 */
const FLOORS = {
  platform: ['platform'],
  directory: ['platform'],
  rooms: ['platform', 'directory'],
  messages: ['platform', 'directory', 'rooms'],
  attachments: ['platform', 'directory', 'rooms', 'messages'],
  presence: ['platform', 'directory', 'rooms', 'messages'],
  // Never another dialect.
  dialects: ['platform', 'directory', 'rooms', 'messages', 'attachments', 'presence'],
  apps: ['platform', 'directory', 'rooms', 'messages', 'attachments', 'presence', 'dialects'],
};

export default tseslint.config(
  { ignores: ['dist/**', 'dist.*/**', 'node_modules/**', 'coverage/**', '.data/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX, house: { rules: { layers: layerRule } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      // The sources, as TypeScript finds them: `#libs/x` of package.json, and `./x.js` for x.ts.
      'import-x/resolver-next': [
        createNodeResolver({
          conditionNames: ['development', 'import', 'node'],
          extensionAlias: { '.js': ['.ts', '.js'] },
          extensions: ['.ts', '.js'],
        }),
      ],
    },
    rules: {
      'house/layers': ['error', FLOORS],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: ['apps/api/public/**/*.js'], languageOptions: { globals: globals.browser } },
);
