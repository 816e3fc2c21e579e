import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import {
  type Dialect,
  emptyReasons,
  inParts,
  openAfterReason,
  thinksFirst,
  withoutReason,
} from '../../../providers/scripted/wire/dialects.ts';
import { askFor, callsOf, NEVER, startExchange, textOf } from '../scripted-exchange.ts';

const text = 'Your order is here.';
const calls = [{ name: 'pay', arguments: { amount: 7 } }];

const dialects: readonly [of: string, dialect: Dialect][] = [
  ['ends with [DONE] and no reason', withoutReason],
  ['has an empty reason in each event, also after the real one', emptyReasons],
  ['stays open after its reason, with heartbeats', openAfterReason],
  ['begins with thoughts', thinksFirst(3)],
  ['has its words in lists of parts', inParts],
];

for (const [of, dialect] of dialects) {
  test(`model: a reply that ${of} is complete, with its words and its call`, async () => {
    await using exchange = await startExchange({ rules: [{ reply: { text, calls }, dialect }] });
    const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Pay'), NEVER));
    assert.equal(textOf(chunks), text);
    assert.deepEqual(callsOf(chunks), [{ name: 'pay', arguments: '{"amount":7}' }]);
    await exchange.server.requests.chat.last?.closed;
  });
}
