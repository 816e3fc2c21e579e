import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Agent, defineAgent, type Item, type Tool, type ToolDefinition } from 'legato';
import ts from 'typescript';
import { agentRules } from '../../agent/definition/agent-rules.ts';
import { isAgent } from '../../agent/define-agent.ts';
import { propertiesOf } from '../../providers/json-schema.ts';
import { toolRules } from '../../agent/definition/tool-rules.ts';
import type { TurnMetadata } from '../../agent/agent.ts';
import type { Json } from '../../contract/items.ts';
import { createToolLog } from '../../live/calls/tool-log.ts';
import { seenBy } from '../../live/calls/tool-places.ts';
import { calledWith } from '../metadata.ts';

const root = join(import.meta.dirname, '../..');
const doc = readFileSync(join(root, 'docs/tools.md'), 'utf8');
const IMPORTS = "import { defineAgent, defineTool, from, ToolError } from 'legato';\nimport { z } from 'zod';\n";

interface Example {
  /** The heading above it. */
  readonly heading: string;
  readonly source: string;
  readonly file: string;
}

// In the checkout, where an import of 'legato' finds this package.
mkdirSync(join(root, '.legato'), { recursive: true });
const folder = mkdtempSync(join(root, '.legato/tools-doc-'));
after(() => rmSync(folder, { recursive: true }));
const examples = readExamples();

function readExamples(): readonly Example[] {
  const blocks = doc.matchAll(/^#+ (?<heading>.*)$|^```ts\n(?<source>[^]*?)^```$/gm);
  let heading = '';
  return [...blocks].flatMap(({ groups = {} }, index) => {
    heading = groups.heading ?? heading;
    if (groups.source === undefined) return [];
    const source = /^import /m.test(groups.source) ? groups.source : `${IMPORTS}${groups.source}`;
    const file = join(folder, `example-${index}.ts`);
    writeFileSync(file, source);
    return [{ heading, source, file }];
  });
}

/** The agent of an example, or one with all tools that it exports. */
async function agentOf({ file }: Example): Promise<Agent> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const tools = Object.entries(module).filter(([name]) => name !== 'default');
  if (isAgent(module.default)) return module.default;
  assert.ok(tools.length > 0, 'it exports neither an agent nor a tool');
  const options = { name: 'example', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy' };
  return defineAgent({ ...options, tools: tools.map(([, tool]) => tool as ToolDefinition) });
}

const SAMPLES: Record<string, Json> = {
  order_id: '4010',
  product: 'lamp',
  customer: 'Ada',
  address: '1 Mill Lane',
  amount_cents: 500,
  shop: 'Bremen',
  pieces: 300,
  bill: 'B-7',
};

const METADATA = { tenant: 'mill', pin: '2468', seats: '4' };

/** Runs a tool as a turn does, on samples of its arguments. */
async function runTool(tool: Tool, { value: metadata }: TurnMetadata): Promise<void> {
  const names = [...Object.keys(propertiesOf(tool.parameters)), ...Object.keys(tool.requires)];
  const args = Object.fromEntries(Object.entries(SAMPLES).filter(([name]) => names.includes(name)));
  const asked = tool.checkAsked(args);
  assert.ok(asked.ok);
  const { fillers, onFailure } = tool.policyFor(asked.value, calledWith(metadata));
  assert.ok([...fillers.flatMap(({ say }) => say), ...(onFailure?.say ?? [])].every((words) => words !== ''));
  const transcript: readonly Item[] = [{ type: 'user', text: 'Please pay me' }];
  assert.equal(tool.rejectIf?.(asked.value, transcript, calledWith(metadata)), undefined);
  const checked = tool.checkArguments(args);
  assert.ok(checked.ok);
  const served = { conversationId: 'c', turnId: 't', callId: 'tool:1:0:example', idempotencyKey: 'key' };
  const log = createToolLog(served, tool.name, () => undefined);
  const told = { signal: new AbortController().signal, attempt: 1, progress: () => undefined };
  const context = { ...served, ...told, log, metadata: seenBy(tool, metadata) };
  assert.ok(tool.checkResult(await tool.run(checked.value, context)).ok);
}

test('docs/tools.md: every example defines an agent or tools, and the tools run', async () => {
  assert.ok(examples.length >= 20);
  for (const example of examples) {
    const agent = await agentOf(example);
    const metadata = agent.metadata.read(METADATA);
    assert.deepEqual(metadata.problems, []);
    for (const tool of agent.tools.list()) await runTool(tool, metadata);
  }
});

test('docs/tools.md: every example has the types that authors are given', () => {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root);
  const program = ts.createProgram(
    examples.map(({ file }) => file),
    { ...options, noUnusedLocals: false },
  );
  const diagnostics = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(folder));
  const texts = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  assert.deepEqual(texts, []);
});

test('docs/tools.md: every block of code is one that is run', () => {
  assert.equal(doc.split('\n').filter((line) => line.startsWith('```') && line !== '```').length, examples.length);
});

/** What stands under the heading of one part, up to the next one. */
function textOf(part: string): string {
  const [text = ''] = doc.slice(doc.indexOf(`## Options of ${part}`)).split(/\n## /);
  return text;
}

const namesIn = (texts: readonly string[]) => texts.flatMap((text) => text.match(/(?<=`)\w+(?=`)/g) ?? []).sort();

const parts: [part: string, rules: object][] = [
  ['a tool', toolRules],
  ['an agent', agentRules],
];
for (const [part, rules] of parts) {
  const options = Object.keys(rules).sort();

  test(`docs/tools.md: every option of ${part} has a heading, and no other has`, () => {
    assert.deepEqual(namesIn(textOf(part).match(/^### .*$/gm) ?? []), options);
  });

  test(`docs/tools.md: every option of ${part} is in the table, and no other is`, () => {
    const [summary = ''] = textOf(part).split('\n### ');
    assert.deepEqual(namesIn(summary.match(/^\| `[^|]*/gm) ?? []), options);
  });

  test(`docs/tools.md: every option of ${part} stands in an example under its heading`, () => {
    const missing = options.filter((option) => {
      const own = examples.filter(({ heading }) => heading.includes(`\`${option}\``));
      return !own.some(({ source }) => new RegExp(`^ +${option}: `, 'm').test(source));
    });
    assert.deepEqual(missing, []);
  });
}
