import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient } from '../../client/index.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';

const agent = fileURLToPath(new URL('failing-agent.ts', import.meta.url));
const rules = [
  { when: { afterTool: true }, reply: { text: 'I cannot find it.' } },
  { reply: { calls: [{ name: 'find_order', arguments: { preamble: '', order_id: 'A-4002' } }] } },
];

/** What a command writes to its error output while one turn is played whose tool throws. */
async function logOf(command: 'serve' | 'dev', env: Record<string, string> = {}): Promise<string> {
  const scripted = await startScriptedServer({ rules });
  const provider = { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url };
  const serving = await startServing({ LEGATO_AGENT: agent, ...provider, ...env }, command);
  const legato = createLegatoClient({ baseUrl: serving.url });
  const { id } = await legato.createConversation();
  const turn = await legato.startTurn(id, { text: 'Where is my order A-4002?', modality: 'text' });
  await legato.result(turn.id);
  assert.equal(await serving.stop(), 0);
  await scripted.stop();
  return serving.logged();
}

test('legato dev: a turn is one readable line, with the message and stack of what its tool threw', async () => {
  const log = await logOf('dev');
  const turn =
    /^[\d:.]+ warn {2}turn 1 of \w+ answered after \d+ ms; first words after \d+ ms; steps in ms: think:1 \d+/m;
  assert.match(log, turn);
  assert.match(log, /^ {4}tool:1:0:find_order failed: OrderMissing: There is no order \[hidden\]$/m);
  assert.match(log, /^ {8}at .*searchOrders .*failing-agent\.ts:\d+:\d+/m);
  assert.match(log, /^[\d:.]+ info {2}find_order: Searching shelf=4 \(tool:1:0:find_order of turn-\S+\)$/m);
  assert.doesNotMatch(log, /4002|I cannot find it/);
});

test('legato serve: a turn is one line of JSON with the same facts, and what its tool logs is another one', async () => {
  const lines = (await logOf('serve')).trimEnd().split('\n');
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const turns = logged.filter(({ outcome }) => outcome);
  const { turn, conversation } = turns[0] ?? {};
  const [{ time: _, ...line } = {}, ...others] = logged.filter(({ msg }) => msg === 'Searching');
  const by = { turn, conversation, call: 'tool:1:0:find_order', tool: 'find_order' };
  assert.deepEqual([line, others], [{ level: 30, ...by, fields: { shelf: 4 }, msg: 'Searching' }, []]);
  assert.equal(turns.length, 1);
  assert.equal(turns[0]?.['outcome'], 'answered');
  assert.match(JSON.stringify(turns[0]['troubles']), /OrderMissing.*searchOrders/);
  assert.doesNotMatch(lines.join('\n'), /4002|I cannot find it/);
});

test("legato serve: with LEGATO_LOG_LEVEL 'silent' nothing is logged", async () => {
  assert.equal(await logOf('serve', { LEGATO_LOG_LEVEL: 'silent' }), '');
});
