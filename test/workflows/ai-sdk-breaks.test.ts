import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { AiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import { blocksOf } from '../../providers/scripted/wire/anthropic/messages-request.ts';
import type { RequestView } from '../../providers/scripted/request-view.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { type ScriptedServer, startScriptedServer } from '../../providers/scripted/server.ts';
import { createFrontEndWorld } from '../front-end-world.ts';
import { holdTurns } from '../held-turns.ts';
import { createWorld } from '../world.ts';

// Whole turns with the real provider packages: streams that break, homes that are lost, and callers who speak in mid-thought.

const ANSWER = 'Your parcel has left the warehouse. It will be with you on Friday.';
const THOUGHT = 'They want to know where it is, so I say it.';

/** The answer, or what is left of it after the words with which the request says that it has begun. */
function goOn({ messages }: RequestView): { thought: string; text: string } {
  const said = messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  return { thought: THOUGHT, text: ANSWER.startsWith(said.trim()) ? ANSWER.slice(said.length) : ANSWER };
}

const claudeAt = ({ url }: ScriptedServer): AiSdkModel =>
  createAnthropic({ apiKey: 'none', baseURL: url })('claude-sonnet-4-5');

/** What Claude was sent last, as the types of its blocks. */
function lastBlocks({ requests }: ScriptedServer): readonly string[] {
  const { messages = [] } = requests.messages.last?.body ?? {};
  return messages.flatMap((message) => [message.role, ...blocksOf(message).map(({ type }) => type)]);
}

for (const [way, reasoningEffort, ends] of [
  ['from its own beginning', undefined, ['user', 'text', 'assistant', 'text']],
  ['in words where it thinks', 'low', ['user', 'text', 'assistant', 'text', 'user', 'text']],
] as const) {
  test(`AI SDK: a Claude whose stream breaks in mid-sentence goes on ${way}, and nothing is said twice`, async () => {
    await using claude = await startScriptedServer({ speech: 'tone', rules: [{ reply: goOn }] });
    const agent = { model: claudeAt(claude), ...(reasoningEffort && { reasoningEffort }) };
    await using world = await createWorld({ agent });
    const afterTokens = reasoningEffort ? 20 : 6;
    claude.failNext({ endpoint: 'messages', kind: 'broken_stream', afterTokens });
    const { result, events } = await world.start('Where is my parcel?');
    const { outcome, items } = await result();
    assert.equal(outcome, 'answered');
    assert.deepEqual(
      items.flatMap((item) => (item.type === 'speech' ? item.text : [])),
      [ANSWER],
    );
    const sentences = (await events).flatMap((event) => (event.type === 'speech.sentence' ? event.text.trim() : []));
    assert.equal(sentences.join(' '), ANSWER);
    assert.equal(claude.requests.messages.all.length, 2);
    assert.deepEqual(lastBlocks(claude), ends);
  });
}

test("AI SDK: another provider's model goes on where Claude broke off twice, in words and without its thoughts", async () => {
  await using claude = await startScriptedServer({ speech: 'tone', rules: [{ reply: goOn }] });
  await using openai = await startScriptedServer({ speech: 'tone', rules: [{ reply: goOn }] });
  const fallbackModel = createOpenAI({ apiKey: 'none', baseURL: openai.url }).responses('gpt-5.1');
  await using world = await createWorld({
    agent: { model: claudeAt(claude), reasoningEffort: 'low', fallbackModel },
  });
  claude.failNext({ endpoint: 'messages', kind: 'broken_stream', afterTokens: 20 });
  claude.failNext({ endpoint: 'messages', kind: 'error_event', code: 'overloaded_error', afterTokens: 3 });
  const { result } = await world.start('Where is my parcel?');
  const { outcome, items } = await result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? item.text : [])),
    [ANSWER],
  );
  const body = JSON.stringify(openai.requests.responses.last?.body);
  assert.match(body, /continue exactly where it ends/);
  assert.doesNotMatch(body, /want to know|signature|thinking/);
});

test('AI SDK: the home that takes a turn over gives Claude its signed thoughts back, which it takes', async () => {
  const [lost, taken] = [holdTurns(), holdTurns()];
  const rules: ScriptRule[] = [
    { when: { afterTool: 'hold' }, reply: { thought: 'It is held.', text: 'That took a while.' } },
    { reply: { thought: THOUGHT, calls: [{ name: 'hold', arguments: {} }] } },
  ];
  await using claude = await startScriptedServer({ speech: 'tone', rules });
  const name = `taken-${randomUUID().slice(0, 8)}`;
  const of = ({ options }: typeof lost) => ({
    agent: { ...options.agent, name, model: claudeAt(claude), reasoningEffort: 'low' as const },
  });
  await using other = await createFrontEndWorld(of(taken));
  await using first = await createFrontEndWorld(of(lost));
  const { id } = await first.accept(await first.newConversation(), 'hold');
  await lost.held;
  await first.stopWorkers();
  taken.release();
  const turn = await other.ended(id);
  assert.equal(turn.outcome, 'answered');
  assert.deepEqual(lastBlocks(claude).slice(2), ['assistant', 'thinking', 'tool_use', 'user', 'tool_result']);
  const { state } = await other.client.workflow.getHandle(id).query<TurnRecord>('turnRecord');
  assert.equal(state.rounds[0]?.providerState?.model, 'claude-sonnet-4-5');
  first.turns.forget(id);
  lost.release();
});
