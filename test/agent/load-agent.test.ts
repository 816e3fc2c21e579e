import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadAgent } from '../../agent/load-agent.ts';

const legato = pathToFileURL(join(import.meta.dirname, '../../agent/index.ts')).href;

const options = "{ name: 'orders', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy' }";

/** A folder with the agent module and what it imports. */
async function modulesOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-agent-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source);
  }
  return join(folder, 'agent.ts');
}

test('load agent: the default export of a module is the agent', async (t) => {
  const source = `import { defineAgent } from '${legato}';\nexport default defineAgent(${options});`;
  const agent = await loadAgent(await modulesOf(t, { 'agent.ts': source }));
  assert.equal(agent.name, 'orders');
});

/** What the message says after the module's path; FOLDER stands for the module's folder. */
async function reasonFor(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const file = await modulesOf(t, files);
  const error: unknown = await loadAgent(file).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof Error);
  const start = `Cannot load agent module '${file}': `;
  assert.ok(error.message.startsWith(start), error.message);
  return error.message.slice(start.length).replaceAll(dirname(file), 'FOLDER');
}

const other = { 'other.ts': 'export const status = 1;\nexport interface Order { id: string }\n' };

const refused: [title: string, files: Record<string, string>, lines: readonly (string | RegExp)[]][] = [
  [
    'a syntax error has its place and the lines around it',
    { 'agent.ts': 'const a = 1;\nexport default { a: 1,, b };\n' },
    [
      /^it has a syntax error: Unexpected token `,`\. .+; fix the module$/,
      '  FOLDER/agent.ts:2:23',
      '    1 | const a = 1;',
      '  > 2 | export default { a: 1,, b };',
      '      |                       ^',
    ],
  ],
  [
    'an import of what is no entry of Legato names the entries',
    {
      'agent.ts': "import { defineAgent } from 'legato/agent';\n",
      'node_modules/legato/package.json': '{ "name": "legato", "exports": { ".": "./index.js" } }',
    },
    [
      "it imports 'legato/agent', which is no entry of the package; import from 'legato', 'legato/client' or 'legato/testing'",
      '  FOLDER/agent.ts:1:29',
      "  > 1 | import { defineAgent } from 'legato/agent';",
      '      |                             ^',
    ],
  ],
  [
    'an unfinished module has its file and line',
    { 'agent.ts': 'export default {' },
    [/^it has a syntax error: .+; fix the module$/, '  FOLDER/agent.ts:1', '  > 1 | export default {'],
  ],
  [
    'a syntax error of JavaScript that is imported has its own file, which Node does not name',
    { 'agent.ts': "import './tools/a.ts';", 'tools/a.ts': "import './b.js';", 'tools/b.js': 'let a;\nlet a;' },
    [
      "'FOLDER/tools/b.js', which it imports, has a syntax error: Identifier 'a' has already been declared; fix the module",
      '  FOLDER/tools/b.js:2:5',
      '    1 | let a;',
      '  > 2 | let a;',
      '      |     ^',
    ],
  ],
  [
    'an enum is named as what Node cannot erase',
    { 'agent.ts': "import './color.ts';", 'color.ts': 'const a: number = 1;\n\nenum Color { Red }' },
    [
      /^'FOLDER\/color.ts', which it imports, has TypeScript syntax that Node cannot erase: .*enum.*; use a union of strings, /,
      '  FOLDER/color.ts:3:1',
      '    1 | const a: number = 1;',
      '    2 |',
      '  > 3 | enum Color { Red }',
      '      | ^',
    ],
  ],
  [
    'a parameter property is named as what Node cannot erase',
    { 'agent.ts': 'export default class { constructor(private a: number) {} }' },
    [
      /cannot erase: .*parameter property.*; declare the field and assign it/,
      '  FOLDER/agent.ts:1:44',
      /^ {2}> 1/,
      /\^$/,
    ],
  ],
  [
    'a decorator is named',
    { 'agent.ts': 'const a: number = 1;\n@a class B {}' },
    ['it has a decorator, which Node cannot run; call the function instead', /agent.ts:2:1$/, /1/, /2/, /\^$/],
  ],
  [
    'an import of a name that is not exported is no syntax error',
    { ...other, 'agent.ts': "import { statu } from './other.ts';\nexport default statu;" },
    [
      "it imports 'statu' from './other.ts', which does not export it; did you mean 'status'?",
      '  FOLDER/agent.ts:1:10',
      "  > 1 | import { statu } from './other.ts';",
      '      |          ^',
      '    2 | export default statu;',
    ],
  ],
  [
    'an import of a type as a value is told',
    { ...other, 'agent.ts': "import { Order } from './other.ts';" },
    [/'Order' .*; it is a type there, so write: import type \{ Order \} from '.\/other.ts'$/, /:1:10$/, /1/, /\^$/],
  ],
  [
    'an import of a default that is not there names the exports',
    { ...other, 'agent.ts': "import status from './other.ts';" },
    [/'default' .*; import a name in braces: the names are 'status'$/, /:1:8$/, /1/, /\^$/],
  ],
  [
    'an import of nothing has the place of the import',
    { ...other, 'agent.ts': "const a = 1;\nimport './othr.ts';" },
    [
      "it imports 'FOLDER/othr.ts', but there is no such file; did you mean './other.ts'?",
      '  FOLDER/agent.ts:2:8',
      '    1 | const a = 1;',
      "  > 2 | import './othr.ts';",
      '      |        ^',
    ],
  ],
  [
    'an import without its ending is told the file',
    { ...other, 'agent.ts': "import './other';" },
    [/'FOLDER\/other', but there is no such file; did you mean '.\/other.ts'\?$/, /agent.ts:1:8$/, /1/, /\^$/],
  ],
  [
    'a package that is not installed is named',
    { 'agent.ts': "import './a.ts';", 'a.ts': "import 'no-such-package/part';" },
    [
      "'FOLDER/a.ts', which it imports, imports the package 'no-such-package', which is not installed; run 'npm install no-such-package', or correct the name",
      ...[/a.ts:1:8$/, /1/, /\^$/],
    ],
  ],
  [
    'a TypeError has its stack, down to the module',
    { 'agent.ts': "import './a.ts';", 'a.ts': 'const read = (order: any) => order.lines.length;\n\nread({});' },
    [
      /^'FOLDER\/a.ts'|^importing it failed: TypeError: Cannot read .*; fix the module$/,
      '  FOLDER/a.ts:1:42',
      '  > 1 | const read = (order: any) => order.lines.length;',
      `      | ${' '.repeat(41)}^`,
      '    at read (FOLDER/a.ts:1:42)',
      '    at FOLDER/a.ts:3:1',
    ],
  ],
  [
    'JSON that cannot be parsed while it loads is no syntax error of the module',
    { 'agent.ts': "JSON.parse('{,');" },
    [/^importing it failed: SyntaxError: .*JSON.*; fix the module$/, '  FOLDER/agent.ts:1:6', /1/, /\^$/],
  ],
  [
    'a module that throws has the first line, the cause and the place',
    { 'agent.ts': "throw new Error('no database\\nat all', { cause: new Error('refused') });" },
    ['importing it failed: no database (because of: refused); fix the module', '  FOLDER/agent.ts:1:7', /1/, /\^$/],
  ],
  ['a module that throws no error is told', { 'agent.ts': "throw 'nothing';" }, ["it threw 'nothing'; fix the module"]],
  [
    'a module without a default export is refused',
    { 'agent.ts': 'export const agent = 1;' },
    [/^it has no default export; add 'export default defineAgent/],
  ],
  [
    'another default export is refused',
    { 'agent.ts': 'export default {};' },
    ["its default export is not an agent; export what 'defineAgent' returns"],
  ],
  [
    'a fault of a tool has the place where it was defined',
    {
      'tool.ts': `import { defineTool } from '${legato}';\nexport default defineTool({ name: 'find_order', effect: 'sing' } as never);`,
      'agent.ts': `import { defineAgent } from '${legato}';\nimport tool from './tool.ts';\nexport default defineAgent({ ...${options}, tools: [tool] });`,
    },
    [
      "cannot define agent 'orders': its definition has 4 faults:",
      ...[/description/, /input/],
      /^- tool 'find_order': 'effect' must be 'read' if .*; got the string "sing" \(FOLDER\/tool.ts:2:16\)$/,
      /run/,
    ],
  ],
  [
    'faults of the definition are all told, without a stack',
    {
      'agent.ts': `import { defineAgent } from '${legato}';\nexport default defineAgent({ name: 'orders', voice: 'alloy' });`,
    },
    [
      "cannot define agent 'orders': its definition has 2 faults:",
      /^- 'instructions' is missing; /,
      /^- 'model' is missing; /,
    ],
  ],
];
for (const [title, files, expected] of refused) {
  test(`load agent: ${title}`, async (t) => {
    const lines = (await reasonFor(t, files)).split('\n');
    for (const [index, line] of expected.entries()) {
      if (typeof line === 'string') assert.equal(lines[index], line);
      else assert.match(lines[index] ?? '', line);
    }
    assert.equal(lines.length, expected.length, lines.join('\n'));
  });
}

test("load agent: a misspelt name of 'legato' is told the one that was meant", async () => {
  await assert.rejects(loadAgent(join(import.meta.dirname, 'misspelt-import.ts')), (error: Error) => {
    assert.match(error.message, /'defineTol' from 'legato', which does not export it; did you mean 'defineTool'\?\n/);
    return true;
  });
});

test('load agent: a file that is not there is told with its whole path', async () => {
  await assert.rejects(
    loadAgent('no/such/agent.ts'),
    /Cannot load agent module 'no\/such\/agent.ts': there is no file '.+agent.ts'/,
  );
});

test('load agent: a folder is refused', async () => {
  await assert.rejects(loadAgent(import.meta.dirname), /it is not a file; name the module in it/);
});
