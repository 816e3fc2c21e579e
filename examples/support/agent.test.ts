import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertThat, call, converse, type ConverseOptions, runTool, standIn, TestClock } from 'legato/testing';
import agent, { sendTechnician, testLine } from './agent.ts';
import { measureLine } from './lines.ts';
import replies from './replies.ts';

const token = 'contract-token-1';
const metadata = { customer: 'Ada Byron', line: 'L-7', freeVisits: '1', token };

/** The real measuring, on a clock that no test waits for. */
function callFrom(line: string, options: Partial<Pick<ConverseOptions, 'model' | 'now' | 'context'>> = {}) {
  const clock = new TestClock();
  const wait = (signal: AbortSignal) => (ms: number) => clock.sleep(ms, signal);
  const measuring = standIn(testLine, (_, { metadata: known, progress, signal }) =>
    measureLine(known.line, { token: known.token, progress, wait: wait(signal) }),
  );
  return converse(agent, { model: replies, metadata: { ...metadata, line }, clock, tools: [measuring], ...options });
}

test('a slow measuring tells clients how far it is, and the caller that it goes on', async () => {
  const turn = await callFrom('L-7').say('My internet is slow');
  assertThat(turn)
    .got('test_line', { mbits: 11 })
    .heard(/^I will measure your line now\. (I am still measuring|One more moment)\. Line L-7 takes its time today\. /)
    .heard('Your line has 11 megabits, measured just now.');
  const notes = turn.events.flatMap((event) => (event.type === 'tool.progress' ? [event.note] : []));
  assert.deepEqual(notes, ['Measuring the router', 'Measuring the cable', 'Measuring the exchange']);
});

test("where the line cannot be measured, last night's reading is the answer, and nobody is shown the token", async () => {
  const talk = callFrom('L-13');
  const turn = await talk.say('My internet is slow');
  assertThat(turn).got('test_line', { mbits: 48, measured: 'last night' }).heard('measured last night');
  assert.doesNotMatch(JSON.stringify([turn.events, turn.items, turn.requests, talk.logs]), new RegExp(token));
});

test('the model is told who calls, and which day it is', async () => {
  const talk = callFrom('L-7', { now: new Date(2026, 2, 1), context: 'The caller has called twice today.' });
  assertThat(await talk.say('Hello'))
    .prompted('You help Ada Byron')
    .prompted('Today is Sunday')
    .prompted('twice today');
});

test('with the first model down the second one answers', async () => {
  const talk = callFrom('L-7');
  talk.fail('model', { times: 2 });
  const turn = await talk.say('Hello');
  assertThat(turn).heard('Is your internet slow?').ended('answered');
  assert.deepEqual(
    turn.requests.map(({ model }) => model),
    ['gpt-5-mini'],
  );
});

test('a technician comes once for one call', async () => {
  const options = { metadata, idempotencyKey: 'turn-1/tool:1:0:send_technician' };
  const once = await runTool(sendTechnician, {}, options);
  assert.deepEqual(await runTool(sendTechnician, {}, options), once);
});

test('no technician comes while an outage is being repaired, or where the contract has no visits left', async () => {
  const model = [call('send_technician', {}), 'I cannot send anybody.'];
  const context = 'There is an outage in the street of the caller.';
  assertThat(await callFrom('L-7', { model, context }).say('Send somebody')).failed('send_technician', 'rejected');
  const none = { ...metadata, freeVisits: '0' };
  await assert.rejects(runTool(sendTechnician, {}, { metadata: none }), { kind: 'rejected' });
});
