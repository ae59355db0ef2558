import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'coverage/',
      'node_modules/',
      'spec/docs/.blocks/',
      'spec/site/.code/',
      '.stryker-tmp/',
      'reports/',
      'site/generated/',
      'site/.vitepress/.cache/',
      'site/.cache/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    // Not projectService: it takes a file with a #! for changed, and loads the whole program a second time.
    languageOptions: { parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Positions are type aliases, which have the index signature that JSON asks for; interfaces have not.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Bad input from JavaScript is checked at the doors, where types say that it can't be.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['spec/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['spec/types/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-vars': 'off', '@typescript-eslint/no-unsafe-return': 'off' },
  },
  {
    // Its types are those of a TypeScript and an Angular that only it installs; its own build checks them.
    files: ['examples/angular/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        AbortController: 'readonly', Buffer: 'readonly', console: 'readonly', document: 'readonly', fetch: 'readonly',
        module: 'readonly', performance: 'readonly', PerformanceObserver: 'readonly', process: 'readonly',
        require: 'readonly', setImmediate: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', URL: 'readonly', URLSearchParams: 'readonly', window: 'readonly',
      }, // prettier-ignore
    },
  },
  {
    files: ['examples/browser/main.js'],
    languageOptions: {
      globals: { addEventListener: 'readonly', history: 'readonly', location: 'readonly', scrollTo: 'readonly' },
    },
  },
);
