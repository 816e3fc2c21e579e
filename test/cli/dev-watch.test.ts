import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from '../../client/index.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { type ScriptedServer, startScriptedServer } from '../../providers/scripted/server.ts';
import { type Barrier, createBarrier } from '../durability/barrier.ts';
import { type ServingProcess, startServing } from '../serving-process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const LOOK: ScriptRule = { reply: { calls: [{ name: 'look', arguments: {} }] } };

const ONE_CALL: readonly ScriptRule[] = [{ when: { afterTool: true }, reply: { text: 'Here it is.' } }, LOOK];

let scripted: ScriptedServer;
let barrier: Barrier;
let folder: string;
let serving: ServingProcess;
let legato: LegatoClient;

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** As editors save: a new file takes the place of the old one. */
function save(name: string, text: string): void {
  write(`${name}.new`, text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

const toVersion = (version: string): string => `export const version: string = '${version}';\n`;

before(async () => {
  scripted = await startScriptedServer({ speech: 'tone' });
  barrier = await createBarrier();
  folder = mkdtempSync(join(tmpdir(), 'legato-watch-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/legato'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  write('package.json', '{ "type": "module" }');
  write('version.ts', toVersion('one'));
  write('prompt.md', 'Prompt one.');
  write('name.json', JSON.stringify({ name: `watched-${randomUUID().slice(0, 8)}` }));
  write(
    'agent.ts',
    `import { readFileSync } from 'node:fs';
    import { defineAgent, defineTool } from 'legato';
    import { z } from 'zod';
    import name from './name.json' with { type: 'json' };
    import { version } from './version.ts';
    const patient = { description: 'Looks', input: z.object({}), effect: 'read', timeoutMs: 60_000, budgetMs: 60_000 } as const;
    const run = async () => { await fetch('${barrier.url}'); return version; };
    export default defineAgent({
      name: name.name,
      instructions: readFileSync(new URL('prompt.md', import.meta.url), 'utf8'),
      model: 'scripted', voice: 'alloy', deadlineMs: 60_000,
      tools: [
        defineTool({ ...patient, name: 'look', run }),
        defineTool({ ...patient, name: 'look_aside', thread: true, run }),
      ],
    });`,
  );
  const provider = { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url };
  serving = await startServing({ LEGATO_AGENT: join(folder, 'agent.ts'), ...provider }, 'dev --watch');
  legato = createLegatoClient({ baseUrl: serving.url });
});
after(async () => {
  assert.equal(await serving.stop(), 0);
  rmSync(folder, { recursive: true });
  await barrier[Symbol.asyncDispose]();
  await scripted.stop();
});

async function start(): Promise<string> {
  const { id } = await legato.createConversation();
  return (await legato.startTurn(id, { text: 'Which version?', modality: 'text' })).id;
}

/** What its tools gave. */
async function resultsOf(turn: string): Promise<readonly unknown[]> {
  const { items, outcome } = await legato.result(turn);
  assert.equal(outcome, 'answered');
  return items.flatMap((item) => (item.type === 'result' ? [item.result] : []));
}

const systemPrompts = (): readonly unknown[] => scripted.requests.chat.all.map(({ body }) => body.messages[0]?.content);

test('legato dev --watch: an open turn keeps its code to its end, on threads too, and a new one has the new code', async () => {
  scripted.script.rules = [
    { when: { round: 3 }, reply: { text: 'That is all.' } },
    { when: { round: 2 }, reply: { calls: [{ name: 'look_aside', arguments: {} }] } },
    LOOK,
  ];
  barrier.close();
  const before = await start();
  await barrier.someone();
  save('version.ts', toVersion('two'));
  const line = await serving.nextLine(/ info .*Reloaded/);
  assert.match(line, /Reloaded in \d+ ms: .*version\.ts changed; 1 open turn keeps the code before$/);
  save('prompt.md', 'Prompt two.');
  await serving.nextLine(/ info .*Reloaded in \d+ ms: .*prompt\.md changed/);
  barrier.open();
  assert.deepEqual(await resultsOf(before), ['one', 'one']);
  assert.deepEqual(systemPrompts(), ['Prompt one.', 'Prompt one.', 'Prompt one.']);
  assert.deepEqual(await resultsOf(await start()), ['two', 'two']);
  assert.equal(systemPrompts().at(-1), 'Prompt two.');
});

test('legato dev --watch: a broken file is shown with its frame, the agent goes on, and a second save mends it', async () => {
  scripted.script.rules = ONE_CALL;
  save('version.ts', toVersion('three'));
  await serving.nextLine(/ info .*Reloaded/);
  save('version.ts', 'export const version = ;\n');
  await serving.nextLine(/ error .*version\.ts changed, and the agent goes on as it was\. Cannot load agent module/);
  await serving.nextLine(/> 1 \| export const version = ;/);
  assert.deepEqual(await resultsOf(await start()), ['three']);
  save('version.ts', toVersion('four'));
  await serving.nextLine(/ info .*Reloaded.*version\.ts changed$/);
  assert.deepEqual(await resultsOf(await start()), ['four']);
});

test('legato dev --watch: another name of the agent is not taken over, and what to do is said', async () => {
  scripted.script.rules = ONE_CALL;
  save('version.ts', toVersion('five'));
  await serving.nextLine(/ info .*Reloaded/);
  save('name.json', JSON.stringify({ name: 'renamed' }));
  const line = await serving.nextLine(/ error .*name\.json changed/);
  assert.match(line, /name is now 'renamed', which .* cannot take over from 'watched-\w+'; restart 'legato dev'$/);
  assert.deepEqual(await resultsOf(await start()), ['five']);
});
