import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The bands of the design, mirrored: a part imports `ui`, `api`, `i18n` and parts below it, never the shell. */
const PARTS = {
  ui: ['accounts', 'warehouse', 'members', 'intake', 'segments', 'tags', 'web'],
  accounts: ['warehouse', 'members', 'intake', 'segments', 'tags', 'web'],
  warehouse: ['intake', 'segments', 'tags', 'web'],
  members: ['intake', 'segments', 'tags', 'web'],
  intake: ['segments', 'tags', 'web'],
  segments: ['tags', 'web'],
  tags: ['web'],
};

const bands = Object.entries(PARTS).map(([part, above]) => ({
  files: [`src/${part}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': ['error', { patterns: above.map((name) => ({ group: [`**/${name}/*`], message: `${part} lies below ${name}` })) }],
  },
}));

export default tseslint.config(
  { ignores: ['src/api/schema.d.ts', 'node_modules', 'dist'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
  ...bands,
);
