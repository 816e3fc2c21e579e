// The package as others get it: packed, installed in an empty project, imported, type-checked and run. Needs a registry.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { Linter } from 'eslint';
import webpack from 'webpack';

const root = join(import.meta.dirname, '../..');
const project = mkdtempSync(join(tmpdir(), 'legato-packed-'));
// The Node of this checkout, wherever `env node` or npm look for one.
const environment = { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) };

let packed: string[] = [];

const run = (command: string, args: string[], cwd = project) =>
  execFileSync(command, args, { cwd, env: environment, encoding: 'utf8', shell: process.platform === 'win32' });
const write = (name: string, ...lines: string[]) => writeFileSync(join(project, name), `${lines.join('\n')}\n`);

before(() => {
  run('npm', ['run', 'build'], root);
  const report = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root);
  const packages = Object.values(JSON.parse(report) as object) as { filename: string; files: { path: string }[] }[];
  const [{ filename, files }] = packages as [(typeof packages)[0]];
  packed = files.map(({ path }) => path);
  write('package.json', '{ "name": "empty", "private": true, "type": "module" }');
  run('npm', ['install', '--no-audit', '--no-fund', join(project, filename), 'zod']);
  write(
    'agent.mjs',
    "import { defineAgent, defineTool } from 'legato';",
    "import { z } from 'zod';",
    "const greet = defineTool({ name: 'greet', description: 'Greets', input: z.object({ who: z.string() }), effect: 'read',",
    '  run: ({ who }) => ({ said: who }) });',
    "export default defineAgent({ name: 'greeter', instructions: 'Greet.', model: 'gpt-5.1', voice: 'alloy', tools: [greet] });",
  );
});
after(() => rmSync(project, { recursive: true }));

test('packed: it holds what is published, and nothing else', () => {
  for (const name of [
    'LICENSE',
    'CHANGELOG.md',
    'docs/tools.md',
    'docs/testing.md',
    'docs/cli.md',
    'examples/hello/agent.ts',
    'examples/browser/page.js',
    'examples/python-client/client.py',
    'dist/cli/legato.js',
    'dist/dev-server/dynamic-config.yaml',
    'dist/workflows/bundle.js',
    'dist/cli/new/template/agent.ts',
    'dist/cli/new/template/gitignore',
  ]) {
    assert.ok(packed.includes(name), name);
  }
  const others = packed.filter(
    (name) =>
      !/^dist\/.+\.(js|d\.ts|yaml)$/.test(name) &&
      !name.startsWith('dist/cli/new/template/') &&
      !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json|docs\/.+\.md|examples\/.+)$/.test(name),
  );
  assert.deepEqual(others, []);
  assert.deepEqual(
    packed.filter((name) => /scripted|^dist\/(test|bench|examples)\//.test(name)),
    [],
  );
});

test('packed: the offline voice is not installed with it', () => {
  assert.ok(!existsSync(join(project, 'node_modules/espeak-ng')));
  assert.doesNotMatch(readFileSync(join(project, 'package-lock.json'), 'utf8'), /espeak/);
});

test('packed: an agent module and the client are imported by name', () => {
  write(
    'use.mjs',
    "import * as client from 'legato/client';",
    "import agent from './agent.mjs';",
    'console.log(agent.name, agent.tools.list().map((tool) => tool.name).join(), Object.keys(client).length > 0);',
  );
  assert.equal(run('node', ['use.mjs']).trim(), 'greeter greet true');
});

test('packed: a conversation with an agent is tested in memory', () => {
  write(
    'talk.mjs',
    "import { assertThat, call, converse } from 'legato/testing';",
    "import agent from './agent.mjs';",
    "const turn = await converse(agent, { model: [call('greet', { who: 'Ada' }), 'Hello Ada.'] }).say('Hi');",
    "assertThat(turn).got('greet', { said: 'Ada' }).ended('answered');",
    'console.log(turn.heard);',
  );
  assert.equal(run('node', ['talk.mjs']).trim(), 'Hello Ada.');
});

test('packed: the client is bundled for a browser, and follows a turn without Node', async () => {
  write(
    'page.mjs',
    "import { createLegatoClient } from 'legato/client';",
    'export async function follow(fetch) {',
    "  const client = createLegatoClient({ baseUrl: 'http://legato.test', fetch });",
    '  const types = [];',
    "  for await (const event of client.events('turn-a')) types.push(event.type);",
    '  return types.join();',
    '}',
  );
  const { code, modules } = await bundleForBrowsers('page.mjs');
  assert.ok(modules.some((name) => name.includes('legato/dist/client/')));
  assert.deepEqual(
    modules.filter(
      (name) => /node:|^external /.test(name) || !/\/(legato|zod|eventsource-parser)\/|page\.mjs/.test(name),
    ),
    [],
  );
  const finished = { seq: 1, atMs: 0, type: 'turn.finished', outcome: 'answered', degraded: false, text: 'Yes.' };
  const answer = () => Promise.resolve(new Response(`data: ${JSON.stringify(finished)}\n\n`));
  const web = {
    ...{ TextDecoderStream, TransformStream, AbortController, Response, URL },
    ...{ setTimeout, clearTimeout, performance },
  };
  const follow = runInNewContext(`${code};page.follow`, web) as (fetch: unknown) => Promise<string>;
  assert.equal(await follow(answer), 'turn.finished');
});

interface Bundle {
  readonly code: string;
  /** What went into it. */
  readonly modules: readonly string[];
}

/** Fails where a module needs something that a browser does not have. */
async function bundleForBrowsers(entry: string): Promise<Bundle> {
  const compiler = webpack({
    mode: 'development',
    devtool: false,
    target: ['web', 'es2022'],
    context: project,
    entry: `./${entry}`,
    output: { path: join(project, 'bundle'), filename: 'page.js', library: { type: 'var', name: 'page' } },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  assert.ok(stats && !stats.hasErrors(), stats?.toString({ all: false, errors: true }));
  const { modules = [] } = stats.toJson({ all: false, modules: true, nestedModules: true });
  return {
    code: readFileSync(join(project, 'bundle/page.js'), 'utf8'),
    // A row without an identifier only counts others.
    modules: modules.flatMap(({ moduleType, identifier }) =>
      identifier && moduleType !== 'runtime' ? [identifier] : [],
    ),
  };
}

const nodeTypes = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
const resolutions: [title: string, options: string[]][] = [
  ["'node16'", ['--module', 'node16', ...nodeTypes]],
  ["'bundler'", ['--module', 'esnext', '--moduleResolution', 'bundler', ...nodeTypes]],
  ["'bundler', in a page", ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2024,dom']],
];
for (const [title, resolution] of resolutions) {
  test(`packed: with the module resolution ${title} types are found, and report a wrong use`, () => {
    write(
      'types.ts',
      "import { type Agent, defineAgent, defineTool } from 'legato';",
      "import { createLegatoClient, type Turn } from 'legato/client';",
      "import { z } from 'zod';",
      "const greet = defineTool({ name: 'greet', description: 'Greets', input: z.object({ who: z.string() }), effect: 'read',",
      '  run: ({ who }) => who.length });',
      '// @ts-expect-error: the effect is not given',
      "defineTool({ name: 'x', description: 'x', input: z.object({}), run: () => 1 });",
      "export const agent: Agent = defineAgent({ name: 'a', instructions: 'a', model: 'm', voice: 'v', tools: [greet] });",
      "const turn: Turn = await createLegatoClient({ baseUrl: 'http://legato.test' }).turn('turn-a');",
      'export const outcome: string | undefined = turn.outcome;',
      '// @ts-expect-error: a turn has no such field',
      'turn.outcomes;',
    );
    const options = ['--noEmit', '--strict', '--target', 'es2024', ...resolution];
    assert.equal(run('node', [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'types.ts']), '');
  });
}

test('packed: the command line starts', () => {
  const help = run(join(project, 'node_modules/.bin/legato'), ['--help']);
  for (const command of ['new', 'dev', 'serve', 'worker', 'say', 'doctor'])
    assert.match(help, new RegExp(`^ +${command}\\b`, 'm'));
});

const command = join(project, 'node_modules/legato/dist/cli/legato.js');

test('packed: the first file of the command can be read by Node 16, and says which Node it needs', () => {
  const syntax = { ecmaVersion: 2021, sourceType: 'module' } as const;
  assert.deepEqual(new Linter().verify(readFileSync(command, 'utf8'), [{ languageOptions: syntax }]), []);
  const versions = "{ value: { ...process.versions, node: '16.20.2' } }";
  const fake = `data:text/javascript,Object.defineProperty(process, 'versions', ${versions})`;
  const old = spawnSync('node', [`--import=${fake}`, command, 'doctor'], {
    cwd: project,
    env: environment,
    encoding: 'utf8',
  });
  assert.deepEqual([old.status, old.stdout], [1, '']);
  assert.match(old.stderr, /^Legato needs Node 24 or newer, and this is Node 16\.20\.2; .+\n$/);
});

test('packed: legato doctor without a key tells of every part, and what to do', () => {
  const env = { ...environment, OPENAI_API_KEY: '', LEGATO_AGENT: 'agent.mjs', PORT: '0' };
  const { status, stdout } = spawnSync('node', [command, 'doctor'], { cwd: project, env, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stdout, /^ok +Agent +greeter \(agent\.mjs\), tools: greet$/m);
  assert.match(stdout, /^missing +Model +OPENAI_API_KEY is missing; set it to a key/m);
  for (const part of ['Node', 'Voice', 'Temporal server', 'Front end', 'Player'])
    assert.match(stdout, new RegExp(`^(ok|missing|none) +${part} `, 'm'));
});

test('packed: an agent is loaded anew beside the same instances of the package', () => {
  write(
    'reload.mjs',
    "import { writeFileSync } from 'node:fs';",
    "import { isAgent } from './node_modules/legato/dist/agent/define-agent.js';",
    "import { loadAgent } from './node_modules/legato/dist/agent/load-agent.js';",
    "import { ModuleGeneration } from './node_modules/legato/dist/agent/loading/module-generation.js';",
    "const options = \"{ name: 'a', instructions: words, model: 'm', voice: 'v', tools: [] }\";",
    "writeFileSync('changing.mjs', `import { defineAgent } from 'legato'; import words from './words.mjs'; export default defineAgent(${options});`);",
    'for (const number of [1, 2]) {',
    "  writeFileSync('words.mjs', `export default 'Version ${number}.';`);",
    "  const agent = await loadAgent('changing.mjs', new ModuleGeneration(number));",
    '  console.log(agent.instructions, isAgent(agent));',
    '}',
  );
  assert.equal(run('node', ['reload.mjs']), 'Version 1. true\nVersion 2. true\n');
});

test('packed: legato new makes a project that installs, type-checks, tests and answers without a key', async (t) => {
  run(join(project, 'node_modules/.bin/legato'), ['new', 'made']);
  const made = join(project, 'made');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], made);
  assert.equal(run('npx', ['tsc'], made), '');
  const env = { ...environment, NODE_TEST_CONTEXT: undefined };
  const tests = execFileSync('npm', ['test'], {
    cwd: made,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  assert.match(tests, /^ℹ pass 4$/m);

  const withoutKey = { ...environment, OPENAI_API_KEY: '', OPENAI_BASE_URL: '', LEGATO_AGENT: '', PORT: '0' };
  // Its own Node, whatever the system has.
  const own = ['node_modules/node/bin/node', ['node_modules/legato/dist/cli/legato.js', 'dev']] as const;
  const dev = spawn(join(made, own[0]), own[1], { cwd: made, env: withoutKey, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => dev.kill('SIGKILL'));
  const url = await frontEndOf(dev.stdout);
  const post = (path: string, body: object) =>
    fetch(`${url}/v1/conversations${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=20' },
      body: JSON.stringify(body),
    });
  await post('', { id: 'first' });
  const answer = await post('/first/turns', { input: { text: 'Is ticket 1042 ready?' } });
  assert.match(await answer.text(), /Your blue city bike is ready\./);
  dev.kill('SIGTERM');
  assert.deepEqual(await once(dev, 'exit'), [0, null]);
});

async function frontEndOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /^Front end\s+(\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    output.resume(); // closing the line reader has paused it
    return url;
  }
  throw new Error('legato dev ended before it took turns');
}
