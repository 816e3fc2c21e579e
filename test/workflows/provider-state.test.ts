import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { LanguageModel, ModelChunk, ModelRequest } from '../../providers/model.ts';
import { createFrontEndWorld } from '../front-end-world.ts';
import { holdTurns } from '../held-turns.ts';

const SIGNED = { thought: 'The order is late.', signature: 'c2lnbmVk' };

/** Thinks and calls `hold`, then answers. */
class ThinkingModel implements LanguageModel {
  readonly provider = 'acme';
  readonly asked: ModelRequest[] = [];

  async *reply(request: ModelRequest): AsyncGenerator<ModelChunk> {
    this.asked.push(request);
    await Promise.resolve();
    if (request.messages.some(({ role }) => role === 'tool')) {
      yield { type: 'text', text: 'That took a while.' };
    } else {
      yield { type: 'state', state: SIGNED };
      yield { type: 'call', index: 0, name: 'hold', arguments: '{}' };
    }
  }

  /** By request: all that came back. */
  get states() {
    return this.asked.map(({ messages }) =>
      messages.flatMap((message) => (message.role === 'assistant' ? (message.state?.pieces ?? []) : [])),
    );
  }
}

test('provider state: the home that takes a turn over sends the model what it gave the lost one', async () => {
  const [lost, taken] = [holdTurns(), holdTurns()];
  const [before, after] = [new ThinkingModel(), new ThinkingModel()];
  const name = `taken-${randomUUID().slice(0, 8)}`;
  const of = ({ options }: typeof lost, model: LanguageModel) => ({
    ...{ ...options, model },
    agent: { ...options.agent, name },
  });
  await using other = await createFrontEndWorld(of(taken, after));
  await using first = await createFrontEndWorld(of(lost, before));
  const { id } = await first.accept(await first.newConversation(), 'hold');
  await lost.held;
  await first.stopWorkers();
  taken.release();
  const turn = await other.ended(id);
  assert.equal(turn.outcome, 'answered');
  assert.deepEqual(after.states, [[SIGNED]]);
  const { state } = await other.client.workflow.getHandle(id).query<TurnRecord>('turnRecord');
  assert.deepEqual(state.rounds[0]?.providerState?.pieces, [SIGNED]);
  const events = await Array.fromAsync(other.stream.subscribe(id));
  const shown = JSON.stringify([turn, events, first.log.all, other.log.all]);
  assert.doesNotMatch(shown, /is late|c2lnbmVk/);
  first.turns.forget(id);
  lost.release();
});
