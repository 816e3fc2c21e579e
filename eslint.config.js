import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NODE = { group: ['node:*'], message: 'Rules and workflows do no I/O; ask an activity.' };

/** Bans the globals by which code would see a clock, a timer, chance or the machine. */
const banGlobals = (...names) => [
  'error',
  ...names.map((name) => ({ name, message: 'Not deterministic; take it as an argument, an event or an activity.' })),
];
const MACHINE = ['performance', 'process', 'Buffer', 'crypto', 'fetch', 'queueMicrotask'];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];

const banRandom = ['error', { object: 'Math', property: 'random', message: 'Not deterministic.' }];
const banEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only config.ts reads the environment; take the value as an argument.',
};
const PATCHES = {
  group: ['@temporalio/workflow'],
  importNames: ['patched', 'deprecatePatch'],
  message: "All patches stand in workflows/patches.ts; add a row there and ask isPatched('…').",
};
/** Modules of turn/ and workflows/ are loaded once for all turns of a process: state in a module would be shared by them. */
const banModuleState = [
  'Program > VariableDeclaration[kind!="const"]',
  'Program > ExportNamedDeclaration > VariableDeclaration[kind!="const"]',
  'Program VariableDeclarator[parent.parent.type=/^(Program|ExportNamedDeclaration)$/] > NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet)$/]',
].map((selector) => ({ selector, message: 'A module has no state: all turns share it. Put the state into the turn.' }));
const outsideOfTheRuntime = ['bench/**', 'examples/**', 'test/**'];

export default defineConfig(
  globalIgnores([
    'dist/',
    '.legato/',
    'node_modules/',
    'web/',
    'bench/field/contestants/livekit/',
    'test/openapi/npm/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      'max-params': ['error', 3],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', banEnvironment],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['turn/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', banEnvironment, ...banModuleState],
      'no-restricted-globals': banGlobals('Date', 'Intl', ...TIMERS, ...MACHINE),
      'no-restricted-properties': banRandom,
      'no-restricted-imports': ['error', { patterns: [NODE] }],
    },
  },
  {
    // `Date` is allowed: in the sandbox of a workflow Temporal replaces it by the time of the workflow task, which replays the same.
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', banEnvironment, ...banModuleState],
      'no-restricted-globals': banGlobals(...TIMERS, ...MACHINE),
      'no-restricted-properties': banRandom,
      'no-restricted-imports': ['error', { patterns: [NODE, PATCHES] }],
    },
  },
  { files: ['workflows/patches.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [NODE] }] } },
  // Express tells a handler of errors from others by its four parameters.
  { files: ['server/http/routes.ts'], rules: { 'max-params': ['error', 4] } },
  { files: ['config.ts', ...outsideOfTheRuntime], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['cli/**', ...outsideOfTheRuntime], rules: { 'no-console': 'off' } },
  {
    files: ['test/**', '**/*.test.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // `test` returns a promise that the runner itself waits for.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'suite', 'it', 'describe'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/require-await': 'off',
    },
  },
);
