import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { withStateOf } from '../../../live/thinking/reply-state.ts';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { LanguageModel, ModelChunk, ModelRequest } from '../../../providers/model.ts';
import { playAtHome, type HomeTurn } from '../home-turn.ts';

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  input: z.object({}),
  effect: 'read',
  preamble: 'off',
  run: () => 'found',
});

const DOWN = 'down';
type Reply = readonly (ModelChunk | typeof DOWN)[];

/** A model with state: what it was asked, and what state came back with its own messages. */
class StatefulModel implements LanguageModel {
  readonly provider: string;
  readonly asked: ModelRequest[] = [];
  readonly #replies: readonly Reply[];

  constructor(replies: readonly Reply[], provider = 'acme') {
    this.#replies = replies;
    this.provider = provider;
  }

  async *reply(request: ModelRequest): AsyncGenerator<ModelChunk> {
    const pieces = this.#replies[this.asked.length] ?? [{ type: 'text' as const, text: 'That is all.' }];
    this.asked.push(request);
    for (const piece of pieces) {
      await Promise.resolve();
      if (piece === DOWN) throw new ProviderFailure('Down', { retryable: true });
      yield piece;
    }
  }

  /** By request: the model asked, and the state of each of its own messages. */
  get returned() {
    return this.asked.map(({ model, messages }) => ({
      model,
      states: messages.flatMap((message) => (message.role === 'assistant' ? [message.state?.pieces] : [])),
    }));
  }
}

const state = (thought: string): ModelChunk => ({ type: 'state', state: { thought, signature: 'sig' } });
const call: ModelChunk = { type: 'call', index: 0, name: 'look', arguments: '{}' };

async function played(model: LanguageModel, check: (home: HomeTurn) => void = () => undefined): Promise<void> {
  const agent = { tools: [look], fallbackModel: 'second' };
  await using home = playAtHome({ agent, model });
  await home.until(() => home.turn.played.finished);
  assert.equal(home.turn.played.ending, 'answered');
  check(home);
}

test('provider state: it comes back with the message it belongs to, in each later round of the turn', async () => {
  const one: Reply = [state('one'), { type: 'text', text: 'Let me look.' }, state('more'), call];
  const model = new StatefulModel([one, [state('two'), call]]);
  await played(model);
  const [first, second] = [[state('one'), state('more')], [state('two')]].map((pieces) =>
    pieces.map((piece) => 'state' in piece && piece.state),
  );
  assert.deepEqual(model.returned, [
    { model: 'first', states: [] },
    { model: 'first', states: [first] },
    { model: 'first', states: [first, second] },
  ]);
});

test('provider state: a fallback model gets none of another model, and its own goes to no other', async () => {
  const model = new StatefulModel([[state('one'), call], [DOWN], [DOWN], [state('of second'), call]]);
  await played(model);
  const states = model.returned.map(({ model: asked, states: [one, two] }) => [
    asked,
    one?.length ?? 0,
    two?.length ?? 0,
  ]);
  assert.deepEqual(states, [
    ['first', 0, 0],
    ['first', 1, 0],
    ['first', 1, 0],
    ['second', 0, 0],
    ['first', 1, 0],
  ]);
});

test('provider state: of a reply that broke off none comes back', async () => {
  const model = new StatefulModel([
    [state('lost'), DOWN],
    [state('kept'), call],
  ]);
  await played(model);
  assert.deepEqual(model.returned.at(-1)?.states, [[{ thought: 'kept', signature: 'sig' }]]);
});

test('provider state: a model without a provider has none', async () => {
  const stateful = new StatefulModel([[state('one'), call]]);
  await played({ reply: (request) => stateful.reply(request) });
  assert.deepEqual(stateful.returned.at(-1)?.states, [undefined]);
});

test('provider state: only the provider and model that gave it are sent it', () => {
  const own = { provider: 'acme', model: 'first', pieces: ['signed'] };
  const bare = { role: 'assistant', text: 'Let me look.', calls: [] } as const;
  const sent = (provider: string, model: string) => withStateOf({ provider, model }, [{ ...bare, state: own }]);
  assert.deepEqual(sent('acme', 'first'), [{ ...bare, state: own }]);
  assert.deepEqual(sent('other', 'first'), [bare]);
  assert.deepEqual(sent('acme', 'second'), [bare]);
  assert.deepEqual(withStateOf(undefined, [{ ...bare, state: own }]), [bare]);
});

test('provider state: what is too large for the turn is dropped whole, and the turn goes on', async () => {
  const large = state('x'.repeat(100_000));
  const model = new StatefulModel([
    [state('small'), large, state('small'), call],
    [state('two'), call],
  ]);
  await played(model);
  assert.deepEqual(model.returned.at(-1)?.states, [undefined, [{ thought: 'two', signature: 'sig' }]]);
});

test('provider state: clients do not see it', async () => {
  await played(new StatefulModel([[state('secret'), call]]), ({ events, turn }) => {
    assert.ok(events.some(({ type }) => type === 'tool.finished'));
    assert.doesNotMatch(JSON.stringify([events, turn.ownItems]), /secret|signature/);
  });
});

test('provider state: in the next turn of the conversation the model has none of an earlier one', async () => {
  const model = new StatefulModel([[state('one'), call]]);
  let items: HomeTurn['turn']['ownItems'] = [];
  await played(model, ({ turn }) => (items = turn.ownItems));
  const next = new StatefulModel([[state('two'), call]]);
  await using home = playAtHome({ agent: { tools: [look] }, model: next, before: items });
  await home.until(() => home.turn.played.finished);
  assert.deepEqual(next.returned.at(-1)?.states, [undefined, undefined, [{ thought: 'two', signature: 'sig' }]]);
});
