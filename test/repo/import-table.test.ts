import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

async function cruise(files: Readonly<Record<string, string>>): Promise<readonly Violation[]> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-imports-'));
  try {
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [name, source] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), source);
    }
    const options = ['--config', join(root, '.dependency-cruiser.js'), '--output-type', 'json', '.'];
    const run = promisify(execFile)(process.execPath, [command, ...options], { cwd: folder, maxBuffer: 2 ** 26 });
    // It exits with the number of violations.
    const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
    return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const values = (path: string) => `import { value } from '${path}';\nexport const other = value;`;
const types = (path: string) => `import type { Value } from '${path}';\nexport type Other = Value;`;
const named = (name: string, path: string) => `import { ${name} } from '${path}';\nexport const other = ${name};`;

const importable = [
  ...[
    'contract/history',
    'contract/items',
    'contract/messages',
    'turn/value',
    'agent/value',
    'live/speech/value',
    'live/calls/value',
    'live/thinking/value',
    'live/turns/value',
    'live/utils/value',
  ],
  ...[
    'stream/value',
    'activities/value',
    'cli/main',
    'service/value',
    'server/value',
    'providers/json-schema',
    'providers/openai/value',
    'providers/scripted/value',
    'test/value',
    'testing/value',
  ],
];

const breaches: [rule: string, file: string, source: string][] = [
  ['folder-contract', 'contract/a.ts', values('../turn/value.ts')],
  ['folder-time', 'time/a.ts', values('../contract/items.ts')],
  ['folder-turn', 'turn/a.ts', values('../contract/items.ts')],
  ['folder-agent', 'agent/a.ts', values('../live/speech/value.ts')],
  ['folder-agent', 'agent/definition/a.ts', values('../../providers/openai/value.ts')],
  ['folder-workflows', 'workflows/a.ts', values('../contract/items.ts')],
  ['folder-activities', 'activities/a.ts', values('../providers/openai/value.ts')],
  ['folder-live', 'live/speech/a.ts', values('../../agent/value.ts')],
  ['folder-providers', 'providers/a.ts', values('../stream/value.ts')],
  ['folder-stream', 'stream/a.ts', values('../live/speech/value.ts')],
  ['folder-record', 'record/a.ts', values('../service/value.ts')],
  ['folder-conversations', 'conversations/a.ts', values('../service/value.ts')],
  ['folder-service', 'service/a.ts', values('../server/value.ts')],
  ['folder-server', 'server/a.ts', values('../live/speech/value.ts')],
  ['folder-client', 'client/a.ts', values('../stream/value.ts')],
  ['folder-cli', 'cli/a.ts', values('../live/speech/value.ts')],
  ['folder-dev-server', 'dev-server/a.ts', values('../live/speech/value.ts')],
  ['folder-cluster', 'cluster/a.ts', values('../live/speech/value.ts')],
  ['folder-examples', 'examples/a.ts', values('../agent/value.ts')],
  ['folder-timeline', 'timeline/a.ts', values('../live/speech/value.ts')],
  ['folder-testing', 'testing/a.ts', values('../service/value.ts')],
  ['testing-is-for-authors', 'cli/c.ts', values('../testing/value.ts')],
  ['live-has-rooms', 'worker/a.ts', values('../live/utils/value.ts')],
  ['live-thinking', 'live/thinking/a.ts', types('../turns/value.ts')],
  ['live-calls', 'live/calls/a.ts', types('../thinking/value.ts')],
  ['live-speech', 'live/speech/j.ts', types('../calls/value.ts')],
  ['package-express', 'live/speech/b.ts', named('Router', 'express')],
  ['package-openai', 'activities/b.ts', named('OpenAI', 'openai')],
  ['package-zod', 'live/speech/c.ts', named('z', 'zod')],
  ['package-@temporalio/client', 'live/speech/d.ts', named('Client', '@temporalio/client')],
  ['package-@temporalio/client', 'service/b.ts', named('Client', '@temporalio/client')],
  ['package-@temporalio/client', 'conversations/b.ts', named('Client', '@temporalio/client')],
  ['record-asks-temporal', 'service/c.ts', "export type { Client } from '@temporalio/client';"],
  ['package-@temporalio/workflow', 'activities/c.ts', named('sleep', '@temporalio/workflow')],
  ['turn-is-pure', 'turn/b.ts', types('../agent/value.ts')],
  ['workflows-in-the-sandbox', 'workflows/b.ts', named('join', 'node:path')],
  ['client-runs-anywhere', 'client/b.ts', named('join', 'node:path')],
  ['client-runs-anywhere', 'contract/b.ts', named('join', 'node:path')],
  ['client-without-history', 'contract/c.ts', values('./history.ts')],
  ['roots-are-on-top', 'agent/b.ts', "export const load = () => import('../cli/main.ts');"],
  ['not-to-tests', 'stream/b.ts', types('../test/value.ts')],
  ['not-to-scripted-provider', 'cli/b.ts', values('../providers/scripted/value.ts')],
  ['no-cycles', 'live/speech/e.ts', types('./f.ts')],
  ['no-nameless-folders', 'live/speech/g.ts', values('../utils/value.ts')],
  ['no-unresolved', 'live/speech/h.ts', values('./missing.ts')],
];
const allowed: [file: string, source: string][] = [
  ['turn/c.ts', types('../contract/items.ts')],
  ['agent/c.ts', types('../live/speech/value.ts')],
  ['agent/d.ts', values('../providers/json-schema.ts')],
  ['live/turns/a.ts', values('../speech/value.ts')],
  ['workflows/c.ts', values('../contract/messages.ts')],
  ['workflows/d.ts', named('sleep', '@temporalio/workflow')],
  ['worker/main.ts', values('../live/speech/value.ts')],
  ['record/b.ts', named('Client', '@temporalio/client')],
  ['live/speech/i.ts', named('text', 'node:stream/consumers')],
];

const violations = await cruise({
  'package.json': '{ "type": "module" }',
  'tsconfig.json': '{}',
  'live/speech/f.ts': `${types('./e.ts')}\nexport type Value = 1;`,
  ...Object.fromEntries(importable.map((name) => [`${name}.ts`, 'export const value = 1;\nexport type Value = 1;'])),
  ...Object.fromEntries(breaches.map(([, file, source]) => [file, source])),
  ...Object.fromEntries(allowed),
});
const brokenBy = (file: string) => violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);

for (const [rule, file] of breaches) {
  test(`import table: what ${file} imports is reported by ${rule}`, () => {
    assert.ok(brokenBy(file).includes(rule), `reported: ${brokenBy(file).join(', ')}`);
  });
}
for (const [file] of allowed) {
  test(`import table: what ${file} imports is allowed`, () => {
    assert.deepEqual(brokenBy(file), []);
  });
}
