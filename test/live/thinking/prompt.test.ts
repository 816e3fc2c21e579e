import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../properties.ts';
import type { Item, SpeechKind } from '../../../contract/items.ts';
import type { CallResult, Speech } from '../../../contract/rounds.ts';
import { toMessages } from '../../../live/thinking/prompt.ts';
import type { ModelMessage } from '../../../providers/model.ts';
import type { Call, Round } from '../../../turn/call.ts';
import { transcript } from '../../../turn/transcript.ts';
import { textInput } from '../../text-input.ts';
import { POLICY } from '../../turn/played-turn.ts';
import { countWork } from './counted-work.ts';

const UNDER_WAY = 'This is still under way. It goes on by itself: do not call it again.';

const user = (text: string): Item => ({ type: 'user', text });
const call = (id: string, name = 'look'): Item => ({ type: 'call', call: id, name, arguments: { order: 7 } });
const result = (id: string, value = 'found'): Item => ({ type: 'result', call: id, ok: true, result: value });
const said = (text: string, more: Partial<Extract<Item, { type: 'speech' }>> = {}): Item => ({
  ...{ type: 'speech', speech: '1-1', kind: 'answer', text, heardText: text },
  ...more,
});

/** Messages in short: who, what, and the ids of calls. */
const inShort = (items: readonly Item[]): string[] =>
  toMessages(items).map((message) => {
    if (message.role === 'tool') return `tool ${message.callId}: ${message.text}`;
    const calls = message.role === 'assistant' ? message.calls.map(({ id }) => ` [${id}]`).join('') : '';
    return `${message.role}: ${message.text}${calls}`;
  });

test('prompt: a call stands with its preamble in one message, and its result follows', () => {
  const items = [user('Hi'), said('Let me look.', { kind: 'preamble' }), call('a'), result('a'), said('Here it is.')];
  assert.deepEqual(inShort(items), [
    'user: Hi',
    'assistant: Let me look. [call00001]',
    'tool call00001: found',
    'assistant: Here it is.',
  ]);
});

test('prompt: an item of a type that only a later release knows is passed over, and parts no call from its result', () => {
  const note = { type: 'note', text: 'Called back' } as unknown as Item;
  assert.deepEqual(inShort([user('Hi'), note, call('a'), note, result('a'), note]), [
    'user: Hi',
    'assistant:  [call00001]',
    'tool call00001: found',
  ]);
});

test('prompt: calls of the same id in two turns are two calls', () => {
  const items = [user('Hi'), call('a'), result('a', 'one'), user('Again'), call('a'), result('a', 'two')];
  assert.deepEqual(inShort(items), [
    'user: Hi',
    'assistant:  [call00001]',
    'tool call00001: one',
    'user: Again',
    'assistant:  [call00002]',
    'tool call00002: two',
  ]);
});

test('prompt: a call that is open when the caller speaks is told to be under way, and has its own result later', () => {
  const cut = [user('Hi'), said('One moment.', { kind: 'preamble' }), call('a')];
  assert.deepEqual(inShort([...cut, user('And now?')]), [
    'user: Hi',
    'assistant: One moment. [call00001]',
    `tool call00001: ${UNDER_WAY}`,
    'user: And now?',
  ]);
  assert.deepEqual(inShort(cut).at(-1), `tool call00001: ${UNDER_WAY}`);
  assert.deepEqual(inShort([...cut, result('a'), user('And now?')])[2], 'tool call00001: found');
});

test('prompt: of two calls the one that is open is told to be under way, before anything else is said or called', () => {
  const both = [user('Hi'), call('a'), call('b'), result('b')];
  const begun = [
    'user: Hi',
    'assistant:  [call00001] [call00002]',
    'tool call00002: found',
    `tool call00001: ${UNDER_WAY}`,
  ];
  assert.deepEqual(inShort([...both, said('Half of it.')]), [...begun, 'assistant: Half of it.']);
  assert.deepEqual(inShort([...both, call('c'), result('c')]), [
    ...begun,
    'assistant:  [call00003]',
    'tool call00003: found',
  ]);
});

test('prompt: what the author said about a failure comes between calls, and parts none from its result', () => {
  const failed: Item = {
    type: 'result',
    call: 'b',
    ok: false,
    error: { kind: 'failed', message: 'No' },
    told: 'Sorry.',
  };
  const aside = said('Sorry.', { kind: 'apology', speech: '1-3' });
  const messages = inShort([user('Hi'), call('a'), call('b'), failed, aside, call('c'), result('c')]);
  assert.deepEqual(
    messages.map((message) => message.slice(0, message.indexOf(':'))),
    ['user', 'assistant', 'tool call00002', 'tool call00001', 'assistant', 'tool call00003'],
  );
  assert.match(messages[2] ?? '', /"callerWasTold":"Sorry\."/);
});

test('prompt: words that were not heard are not in it, those that were are', () => {
  const half = said('It comes on Friday, I think.', { heardText: 'It comes on', interrupted: true });
  const none = said('Never heard.', { heardText: '', interrupted: true });
  assert.deepEqual(inShort([user('Hi'), half]), ['user: Hi', 'assistant: It comes on']);
  assert.deepEqual(inShort([user('Hi'), none, user('What?')]), ['user: Hi', 'user: What?']);
  assert.deepEqual(
    inShort([user('Hi'), said('It is being said.', { heardText: '' })]).at(-1),
    'assistant: It is being said.',
  );
});

test('prompt: fillers and what was said about a failure are not words of the model, its apology is', () => {
  const kinds: [SpeechKind, string][] = [
    ['filler', '1-3'],
    ['apology', '1-3'],
    ['apology', '1-2'],
  ];
  const messages = kinds.map(([kind, speech]) => inShort([said('Sorry.', { kind, speech })]));
  assert.deepEqual(messages, [[], [], ['assistant: Sorry.']]);
});

// The rules of OpenAI's wire: a message with calls is followed by one result for each of them, and by nothing else before.
function assertPaired(messages: readonly ModelMessage[]): void {
  let open: string[] = [];
  const seen = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      assert.ok(open.includes(message.callId), `A result of '${message.callId}' stands without its call`);
      open = open.filter((id) => id !== message.callId);
      continue;
    }
    assert.deepEqual(open, [], `Before '${message.role}' results are missing`);
    if (message.role !== 'assistant') continue;
    open = message.calls.map(({ id }) => id);
    for (const id of open) assert.ok(!seen.has(id), `'${id}' stands for two calls`);
    for (const id of open) seen.add(id);
  }
  assert.deepEqual(open, [], 'Results are missing at the end');
}

const settled: fc.Arbitrary<CallResult | undefined> = fc.option(
  fc.record({ ok: fc.constant(true), result: fc.constant('found'), attempts: fc.constant(1), durationMs: fc.nat(9) }),
  { nil: undefined },
);
const words = (kinds: readonly SpeechKind[], places: readonly string[]): fc.Arbitrary<Speech> =>
  fc.record({
    speech: fc.constantFrom(...places),
    kind: fc.constantFrom(...kinds),
    text: fc.constant('Words.'),
    voiced: fc.constantFrom<NonNullable<Speech['voiced']>>(
      { heardText: 'Words.', durationMs: 9 },
      { heardText: '', durationMs: 9, interrupted: true },
    ),
  });
const round = fc.record({
  own: fc.array(words(['preamble', 'answer'], ['1-1']), { maxLength: 1 }),
  others: fc.array(words(['filler', 'apology'], ['1-2', '1-3', '1-4']), { maxLength: 2 }),
  calls: fc.array(settled, { maxLength: 3 }),
});
const turn = fc.record({
  text: fc.option(fc.constant('Hi'), { nil: undefined }),
  rounds: fc.array(round, { maxLength: 3 }),
});

function toRound({ own, others, calls }: typeof round extends fc.Arbitrary<infer R> ? R : never, index: number): Round {
  return {
    round: index + 1,
    speeches: [...own, ...others],
    calls: calls.map((end, place): Call => ({
      ...{ call: `tool:${index + 1}:${place}:look`, name: 'look', arguments: {}, policy: POLICY },
      ...{ waitsFor: [], inputs: {} },
      state: end ? { is: 'settled', result: end, wasStarted: true } : { is: 'started' },
    })),
  };
}

test('prompt: every call has exactly one result, right after its message, whatever of the turns is still open', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 3 }), (turns) => {
      const items = turns.flatMap(({ text, rounds }, index) =>
        transcript(
          index === 0 && text === undefined ? { type: 'greeting' } : textInput(text ?? 'And now?'),
          rounds.map(toRound),
        ),
      );
      const calls = items.filter(({ type }) => type === 'call').length;
      const messages = toMessages(items);
      assertPaired(messages);
      assert.equal(messages.filter(({ role }) => role === 'tool').length, calls);
    }),
    { numRuns: 1_000 },
  );
});

test('prompt: work on it grows with the conversation, and not with its square', async () => {
  const turn = [user('Hi'), said('Let me look.', { kind: 'preamble' }), call('a'), call('b'), result('a'), result('b')];
  const workOn = (turns: number) => countWork(() => toMessages(Array.from({ length: turns }, () => turn).flat()));
  const few = await workOn(100);
  const many = await workOn(400);
  assert.ok(many < 6 * few, `${many} steps for four times as much, ${few} for the short one`);
});
