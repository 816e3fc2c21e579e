import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defineTool, type ToolContext, type ToolDefinition } from 'legato';
import { z } from 'zod';
import type { Item } from '../../contract/items.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { createNextVersion } from '../durability/next-version.ts';
import { type AgentOptions, createWorld, type WorldOptions } from '../world.ts';
import { hold } from './barge-in/act.ts';

// A process stops in mid-turn, and one with other code takes the turn: another version of Legato, or of the agent.

const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is all.' } },
  {
    reply: {
      text: 'One moment.',
      calls: [
        { name: 'look', arguments: {} },
        { name: 'book', arguments: { room: 7 } },
      ],
    },
  },
];

/** What the turn is in when it moves. */
const look = (run: (args: unknown, context: ToolContext) => unknown = () => 'looked') =>
  defineTool({
    ...{ name: 'look', description: 'Looks', input: z.object({}), effect: 'read' },
    ...{ timeoutMs: 60_000, budgetMs: 60_000, run },
  });

/** What it has planned to do after that. */
const book = (more: Partial<ToolDefinition> = {}): ToolDefinition => ({
  ...{ name: 'book', description: 'Books', input: z.object({ room: z.number() }), effect: 'write' },
  ...{ after: ['look'], run: () => 'booked', ...more },
});

interface Taken {
  readonly result: TurnResult;
  /** What the model of the second process was sent last. */
  readonly sent: readonly { readonly role: string; readonly content?: unknown }[];
  readonly historyText: string;
}

/** A turn whose process stops while it looks, and hands it to one with other code. */
async function takeOver(was: AgentOptions, is: AgentOptions, more: WorldOptions = {}): Promise<Taken> {
  const name = `moved-${randomUUID().slice(0, 8)}`;
  const { run, begun } = hold();
  const held = look((_: unknown, { signal }) => run(signal));
  await using first = await createWorld({ rules, agent: { name, ...was, tools: [held, ...(was.tools ?? [])] } });
  const turn = await first.start('Look and book');
  await begun;
  await using second = await createWorld({
    rules,
    ...more,
    agent: { name, ...is, tools: [look(), ...(is.tools ?? [])] },
  });
  await first.stopWorkers();
  const result = await turn.result();
  first.turns.forget(turn.id);
  const sent = second.scripted.requests.chat.last?.body.messages ?? [];
  return { result, sent, historyText: JSON.stringify(await turn.handle.fetchHistory()) };
}

const resultOf = (items: readonly Item[], call: string) =>
  items.find((item): item is Extract<Item, { type: 'result' }> => item.type === 'result' && item.call.endsWith(call));
const wordsIn = (items: readonly Item[]) => items.flatMap((item) => (item.type === 'speech' ? [item.text] : []));

test('versions: a process that stops hands its open turn to one of the next release, which ends it by its own code', async () => {
  await using next = await createNextVersion({ isWritten: true });
  let bookings = 0;
  const booking = { tools: [book({ run: () => (bookings += 1) })] };
  const { result, historyText } = await takeOver(booking, booking, { workflowBundle: await next.bundle() });
  assert.deepEqual([result.outcome, bookings], ['answered', 1]);
  assert.deepEqual(wordsIn(result.items), ['One moment.', 'That is all.']);
  assert.match(historyText, /TemporalChangeVersion/);
});

test('versions: a planned call whose tool the new agent does not have is settled with that error, and the turn goes on', async () => {
  const renamed = book({ name: 'reserve', run: () => assert.fail('Nobody has called it') });
  const { result, sent } = await takeOver({ tools: [book()] }, { tools: [renamed] });
  const error = {
    kind: 'unknown_tool',
    message: "The agent has no tool 'book' any more: it was removed or renamed after the call was planned",
  };
  assert.deepEqual([result.outcome, resultOf(result.items, 'book')?.error], ['answered', error]);
  assert.equal(resultOf(result.items, 'look')?.result, 'looked');
  assert.ok(JSON.stringify(sent).includes('removed or renamed'));
});

test('versions: a planned call whose arguments the new tool refuses is settled as invalid_arguments, and the turn goes on', async () => {
  const stricter = book({
    input: z.object({ room: z.number(), nights: z.number() }),
    run: () => assert.fail('It ran'),
  });
  const { result } = await takeOver({ tools: [book()] }, { tools: [stricter] });
  const { error } = resultOf(result.items, 'book') ?? {};
  assert.deepEqual([result.outcome, error?.kind], ['answered', 'invalid_arguments']);
  assert.match(error?.message ?? '', /nights/);
});

test('versions: a planned call runs under the policy that it was planned with, by the code of the new agent', async () => {
  const fails = (why: string, guide: string) =>
    book({
      onFailure: { guide },
      run: () => {
        throw new Error(why);
      },
    });
  const was = { tools: [fails('The old code ran', 'Ask the old desk')] };
  const { result } = await takeOver(was, { tools: [fails('The new code ran', 'Ask the new desk')] });
  const { error, guide } = resultOf(result.items, 'book') ?? {};
  assert.deepEqual([error?.message, guide], ['The new code ran', 'Ask the old desk']);
});

test('versions: the next model call of a turn that moved is made by the new agent, with what was said and done', async () => {
  const tools = [book()];
  const is = { tools, instructions: 'Answer in French.', model: 'another' };
  const { result, sent } = await takeOver({ tools, instructions: 'Answer in English.' }, is);
  assert.equal(result.outcome, 'answered');
  assert.equal(sent[0]?.content, 'Answer in French.');
  assert.deepEqual(
    sent.slice(1).map(({ role }) => role),
    ['user', 'assistant', 'tool', 'tool'],
  );
});
