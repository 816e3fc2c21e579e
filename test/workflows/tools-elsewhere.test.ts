import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { defineTool, secret, ToolError } from 'legato';
import type { ToolDefinition } from 'legato';
import { z } from 'zod';
import type { TurnResult } from '../../contract/turn.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { createFrontEndWorld } from '../front-end-world.ts';
import { GROUP, newAgentName, startToolWorker } from '../tool-worker.ts';
import { createWorld } from '../world.ts';
import { act, hold } from './barge-in/act.ts';
import { endOf } from './turn-end.ts';
import { Caller, settled, told, when } from './barge-in/caller.ts';

// Tools that tools-only workers run: home lets them begin, and has their results.

const STEP = 'tool:1:0:act';
const ANSWER = 'All of it is done.';
const answers: ScriptRule = { when: { afterTool: true }, reply: { text: ANSWER } };
const rules: ScriptRule[] = [answers, { reply: { calls: [{ name: 'act', arguments: {} }] } }];
const NOT_CALLED = 'The tool was not called: its worker cannot read the metadata of the conversation';
const PREAMBLE = 'Let me do that for you.';
const withPreamble: ScriptRule[] = [
  answers,
  { reply: { calls: [{ name: 'act', arguments: { preamble: PREAMBLE } }] } },
];

/** The same tool twice: as home has it, and as the worker has it. */
function elsewhere(options: Partial<ToolDefinition>, run?: Parameters<typeof act>[1]) {
  const home = act({ worker: GROUP, preamble: 'off', ...options }, () => 'at home');
  const worker = act({ worker: GROUP, preamble: 'off', ...options }, run);
  return { home, worker };
}

for (const effect of ['read', 'write'] as const) {
  test(`tools elsewhere: a ${effect} runs at a worker of its group and not at home, and its result is answered`, async () => {
    const agent = newAgentName();
    const { home, worker } = elsewhere({ effect });
    await using _ = await startToolWorker({ agent, tools: [worker.tool] });
    await using world = await createWorld({ rules, agent: { name: agent, tools: [home.tool] } });
    const turn = await world.start('Hello');
    const { outcome, items, steps } = await turn.result();
    assert.equal(outcome, 'answered');
    assert.deepEqual([home.runs(), worker.runs()], [0, 1]);
    assert.deepEqual(settled(items), { [STEP]: 'ok' });
    assert.deepEqual(
      steps.filter(({ kind }) => kind === 'tool').map(({ id, state }) => [id, state]),
      [[STEP, 'finished']],
    );
    const events = (await turn.events).filter(({ type }) => type.startsWith('tool.'));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['tool.started', 'tool.finished'],
    );
  });
}

test('tools elsewhere: a read is not begun before the record has asked for it', async () => {
  const agent = newAgentName();
  const { home, worker } = elsewhere({});
  await using _ = await startToolWorker({ agent, tools: [worker.tool] });
  await using world = await createWorld({ rules, agent: { name: agent, tools: [home.tool] } });
  const turn = await world.start('Hello');
  await turn.result();
  const { events } = await turn.handle.fetchHistory();
  const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityId?.includes('tool') ? [scheduled.activityId] : [],
  );
  assert.deepEqual(scheduled, ['gate-tool-1-0-act', 'tool-1-0-act', 'ran-tool-1-0-act']);
});

for (const effect of ['read', 'write'] as const) {
  test(`tools elsewhere: a barge-in while a ${effect} waits at its gate: it is not scheduled, and its call is cancelled`, async () => {
    const agent = newAgentName();
    const { home, worker } = elsewhere({ effect, preamble: 'auto', start: 'after_speech' });
    await using _ = await startToolWorker({ agent, tools: [worker.tool] });
    const caller = new Caller({ at: when('speech.audio') });
    const { result, items, asked } = await caller.play({
      rules: withPreamble,
      agent: { name: agent, tools: [home.tool] },
    });
    assert.equal(result.outcome, 'interrupted');
    assert.deepEqual([home.runs(), worker.runs()], [0, 0]);
    assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
    assert.equal(asked, 1);
  });
}

test('tools elsewhere: a barge-in aborts a read that runs at a worker, and its call is cancelled', async () => {
  const agent = newAgentName();
  const held = hold();
  const aborted = Promise.withResolvers<void>();
  const { home, worker } = elsewhere({}, async (signal) => {
    signal.addEventListener('abort', () => aborted.resolve(), { once: true });
    return held.run(signal);
  });
  await using _ = await startToolWorker({ agent, tools: [worker.tool] });
  const caller = new Caller();
  const { result, items } = await caller.play({
    ...{ rules, agent: { name: agent, tools: [home.tool] } },
    during: async () => {
      await held.begun;
      caller.speak();
      await aborted.promise;
      held.end();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
});

test('tools elsewhere: a write that runs at a worker goes on after a barge-in, and its result is in the record', async () => {
  const agent = newAgentName();
  const held = hold();
  let signalOfWrite: AbortSignal | undefined;
  const { home, worker } = elsewhere({ effect: 'write' }, (signal) => held.run((signalOfWrite = signal)));
  await using _ = await startToolWorker({ agent, tools: [worker.tool] });
  const caller = new Caller();
  const { result, items, sent } = await caller.play({
    ...{ rules, agent: { name: agent, tools: [home.tool] } },
    during: async () => {
      await held.begun;
      await caller.speak().recorded;
      held.end();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(signalOfWrite?.aborted, false);
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.deepEqual(told(sent), ['act({})', 'done']);
});

test('tools elsewhere: fillers are said at home while a worker runs the tool, and are in the record', async () => {
  const agent = newAgentName();
  const held = hold();
  const { home, worker } = elsewhere({ fillers: [{ afterMs: 1, say: 'Still at it.' }] }, held.run);
  await using _ = await startToolWorker({ agent, tools: [worker.tool] });
  await using world = await createWorld({
    ...{ rules, agent: { name: agent, tools: [home.tool] } },
    onPublish: ({ type }) => void (type === 'speech.sentence' && held.end()),
  });
  const turn = await world.start('Hello');
  const { items } = await turn.result();
  const said = items.flatMap((item) => (item.type === 'speech' ? [[item.kind, item.text]] : []));
  assert.deepEqual(said, [
    ['filler', 'Still at it.'],
    ['answer', ANSWER],
  ]);
});

test('tools elsewhere: a call that no worker takes within its budget is timed out, and its fallback runs at home', async () => {
  const agent = newAgentName();
  const { home } = elsewhere({ timeoutMs: 300, budgetMs: 300, onFailure: { fallback: 'look' } });
  const look = act({ name: 'look' }, () => 'from memory');
  await using world = await createWorld({ rules, agent: { name: agent, tools: [home.tool, look.tool] } });
  const { items, steps } = await (await world.start('Hello')).result();
  assert.deepEqual([home.runs(), look.runs()], [0, 1]);
  const result = items.find((item) => item.type === 'result');
  assert.deepEqual([result?.ok, result?.result], [true, 'from memory']);
  const step = steps.find(({ kind }) => kind === 'tool');
  assert.equal(step?.error?.message, `No worker of group '${GROUP}' took it within 300 ms`);
});

test('tools elsewhere: what a tool throws is its result, and the worker tells its operator', async () => {
  const agent = newAgentName();
  const { home, worker } = elsewhere({ effect: 'write', input: z.object({}) }, () => {
    throw new ToolError('The order was shipped already');
  });
  await using working = await startToolWorker({ agent, tools: [worker.tool] });
  await using world = await createWorld({ rules, agent: { name: agent, tools: [home.tool] } });
  const { id, result } = await world.start('Hello');
  const { items } = await result();
  assert.deepEqual(settled(items), { [STEP]: 'rejected' });
  assert.deepEqual(
    working.thrown.map(({ turn, call }) => [turn, call]),
    [[id, STEP]],
  );
});

test('tools elsewhere: a write goes on at its worker when its home is lost, and the next home lets it go on after a barge-in', async () => {
  const agent = { name: newAgentName(), deadlineMs: 60_000 };
  const held = hold();
  const { home, worker } = elsewhere({ effect: 'write' }, held.run);
  await using _ = await startToolWorker({ agent: agent.name, tools: [worker.tool] });
  await using other = await createWorld({ rules, agent: { ...agent, tools: [home.tool] } });
  await using world = await createWorld({ rules, agent: { ...agent, tools: [home.tool] } });
  const { id, live, events } = await world.start('Hello');
  events.catch(() => undefined); // its stream ends with its world
  await Promise.all([held.begun, live.bound]);
  await world.stopWorkers();
  // Asks home to decide, and finds that it is gone.
  const handle = other.client.workflow.getHandle(id);
  const answer = await handle.executeUpdate('interrupt', { args: [{ id: 'one' }] });
  assert.deepEqual(answer, { interrupted: true, heardText: '' });
  held.end();
  const { outcome, items } = (await handle.result()) as TurnResult;
  assert.equal(outcome, 'interrupted');
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.equal(worker.runs(), 1);
  world.turns.forget(id);
});

test('tools elsewhere: at the deadline a read at a worker is aborted, and its call is cancelled', async () => {
  const agent = newAgentName();
  const held = hold();
  const { home, worker } = elsewhere({}, held.run);
  await using _ = await startToolWorker({ agent, tools: [worker.tool] });
  const options = { name: agent, tools: [home.tool], deadlineMs: 1_000, apology: 'Sorry.' };
  await using world = await createWorld({ rules, agent: options });
  const turn = await world.start('Hello');
  const signal = await held.begun;
  const { outcome, items } = (await endOf(turn)).result;
  assert.equal(outcome, 'expired');
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
  if (!signal.aborted) await once(signal, 'abort');
  held.end();
});

test('tools elsewhere: a write that the deadline finds at a worker counts if its result comes within two seconds', async () => {
  const agent = newAgentName();
  const held = hold();
  const { home, worker } = elsewhere({ effect: 'write' }, held.run);
  await using _ = await startToolWorker({ agent, tools: [worker.tool] });
  const options = { name: agent, tools: [home.tool], deadlineMs: 1_000, apology: 'Sorry.' };
  await using world = await createWorld({
    ...{ rules, agent: options },
    onPublish: (event) => void (event.type === 'speech.started' && held.end()),
  });
  const turn = await world.start('Hello');
  const { outcome, items } = (await endOf(turn)).result;
  assert.equal(outcome, 'expired');
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
});

test('tools elsewhere: a tool gets the metadata that it names, secrets too, and what it logs names the call', async () => {
  const agent = newAgentName();
  const schema = z.object({ tenant: z.string(), token: secret(z.string()) });
  const payloadKeys = [{ id: 'k1', key: randomBytes(32) }];
  const tell = defineTool({
    ...{ name: 'act', description: 'Tells', input: z.object({}), effect: 'read', metadata: schema, worker: GROUP },
    run: (_, { metadata: { tenant, token }, log }) => {
      log.info('told');
      return `${tenant} ${token.length} ${token}`;
    },
  });
  await using working = await startToolWorker({ agent, tools: [tell], metadata: schema, payloadKeys });
  const options = { name: agent, tools: [tell], metadata: schema };
  await using world = await createFrontEndWorld({ rules, agent: options, payloadKeys });
  const { body } = await world.send('/v1/conversations', {
    json: { metadata: { tenant: 'mill', token: 'tok-98765432' } },
  });
  const { items, id } = await world.play((body as { id: string }).id, 'Hello');
  const result = items.find((item) => item.type === 'result');
  assert.equal(result?.result, 'mill 12 [hidden]');
  const line = await working.log.arrival('told');
  assert.deepEqual([line.turn, line.call], [id, STEP]);
});

test('tools elsewhere: a worker without the key of the metadata does not run the tool', async () => {
  const agent = newAgentName();
  const schema = z.object({ token: secret(z.string()) });
  const options = { name: agent, metadata: schema };
  const { home, worker } = elsewhere({ effect: 'write', metadata: schema });
  await using working = await startToolWorker({ agent, tools: [worker.tool], metadata: schema });
  const payloadKeys = [{ id: 'k1', key: randomBytes(32) }];
  await using world = await createFrontEndWorld({ rules, agent: { ...options, tools: [home.tool] }, payloadKeys });
  const { body } = await world.send('/v1/conversations', { json: { metadata: { token: 'tok-98765432' } } });
  const { items } = await world.play((body as { id: string }).id, 'Hello');
  assert.deepEqual([home.runs(), worker.runs()], [0, 0]);
  const result = items.find((item) => item.type === 'result');
  assert.deepEqual([result?.error?.kind, result?.error?.message], ['failed', NOT_CALLED]);
  assert.match(String(working.thrown[0]?.thrown), /LEGATO_PAYLOAD_KEYS/);
});

test('tools elsewhere: a worker that stops lets a call end, and takes no other one', async () => {
  const agent = newAgentName();
  const held = hold();
  const { home, worker } = elsewhere({ effect: 'write' }, held.run);
  await using working = await startToolWorker({ agent, tools: [worker.tool], graceMs: 20_000 });
  await using world = await createWorld({ rules, agent: { name: agent, tools: [home.tool] } });
  const turn = await world.start('Hello');
  await held.begun;
  const stopped = working.stop();
  held.end();
  await stopped;
  const { items } = await turn.result();
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
});

test('tools elsewhere: a write that does not end before its worker has to stop is of unknown outcome', async () => {
  const agent = newAgentName();
  const held = hold();
  const { home, worker } = elsewhere({ effect: 'write' }, held.run);
  await using working = await startToolWorker({ agent, tools: [worker.tool] });
  await using world = await createWorld({ rules, agent: { name: agent, tools: [home.tool] } });
  const turn = await world.start('Hello');
  await held.begun;
  await working.stop();
  const { items } = await turn.result();
  assert.deepEqual(settled(items), { [STEP]: 'outcome_unknown' });
  held.end();
});

for (const [effect, runs, result] of [
  ['read', 0, 'cancelled'],
  ['write', 1, 'ok'],
] as const) {
  const becomes = runs === 0 ? 'it is not scheduled' : 'it is scheduled, and its result is in the record';
  test(`tools elsewhere: a barge-in in the tick in which a ${effect} begins: ${becomes}`, async () => {
    const agent = newAgentName();
    const { home, worker } = elsewhere({ effect });
    await using _ = await startToolWorker({ agent, tools: [worker.tool] });
    const caller = new Caller({ at: when('tool.started') });
    const { result: turn, items } = await caller.play({ rules, agent: { name: agent, tools: [home.tool] } });
    assert.equal(turn.outcome, 'interrupted');
    assert.equal(worker.runs(), runs);
    assert.deepEqual(settled(items), { [STEP]: result });
  });
}
