import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { defineAgent, defineTool, secret } from 'legato';
import { assertThat, call, converse, runTool, standIn, TestClock } from 'legato/testing';
import { z } from 'zod';

const metadata = z.object({
  tenant: z.string(),
  seats: z.coerce.number().int().default(1),
  token: secret(z.string().min(8)),
});
const TOKEN = 'tok-123456';
const wire = { tenant: 'mill', seats: '4', token: TOKEN };

const book = defineTool({
  ...{ name: 'book', description: 'Books', input: z.object({ how: z.string().default('') }), effect: 'read' },
  metadata: metadata.pick({ seats: true, token: true }),
  retry: { attempts: 1 },
  fillers: [{ afterMs: 100, say: (_, turn) => `Filling ${JSON.stringify(turn)}` }],
  onFailure: { say: (_, { metadata: { seats } }) => `No ${seats} seats.` },
  rejectIf: ({ how }, _, turn) => how === 'reject' && `For ${JSON.stringify(turn)}`,
  run: ({ how }, { metadata: seen, progress, log }) => {
    progress(`Uses ${seen.token}`);
    log.info(`With ${seen.token}`, { seen, nested: [{ seen }] });
    log.error('Refused', new Error(`The token ${seen.token} is old`, { cause: new Error(seen.token) }));
    if (how === 'throw') throw new Error(`The token ${seen.token} is refused`);
    return how === 'echo' ? { used: seen.token, text: `Bearer ${seen.token}` } : seen.seats * 2;
  },
});
const none = defineTool({
  ...{ name: 'none', description: 'Sees', input: z.object({}), effect: 'read' },
  run: (_, { metadata: seen }) => seen,
});
const agent = defineAgent({
  ...{ name: 'booking', model: 'm', voice: 'v', tools: [book, none], metadata },
  instructions: ({ metadata: seen, now }) => `For ${JSON.stringify(seen)} at ${now.toISOString()}.`,
});

test('converse: a tool gets the fields that it names, as the agent has read them, and no others', async () => {
  const model = [{ text: '', calls: [call('book', {}), call('none', {})] }, 'Done.'];
  const turn = await converse(agent, { model, metadata: wire }).say('Book');
  assertThat(turn).got('book', 8).got('none', {});
});

test('converse: what is said gets the turn without secrets, and what rejects gets all that the tool sees', async () => {
  const clock = new TestClock();
  const waits = standIn(book, async (_, { signal, metadata: seen }) => {
    await clock.sleep(1_000, signal);
    return seen.seats;
  });
  const model = [call('book', {}), 'Done.', call('book', { how: 'reject' }), 'No.'];
  const conversationContext = 'Has called twice';
  const talk = converse(agent, { model, metadata: wire, context: conversationContext, clock, tools: [waits] });
  const context = 'Calls from Bremen';
  const turn = await talk.say('Book', { context });
  const told = { conversationId: 'test', turnId: 'turn-1', metadata: { seats: 4 }, context, conversationContext };
  assertThat(turn).heard(`Filling ${JSON.stringify(told)}`);
  const rejected = await talk.say('Again');
  const seen = { seats: 4, token: '[hidden]' };
  const all = { conversationId: 'test', turnId: 'turn-2', metadata: seen, conversationContext };
  assert.equal(rejected.results[0]?.error?.message, `For ${JSON.stringify(all)}`);
});

test('converse: no model, event, record or log has a secret that a tool returns, reports, throws or says', async () => {
  const model = [call('book', { how: 'echo' }), 'Used.', call('book', { how: 'throw' }), 'Refused.'];
  const talk = converse(agent, { model, metadata: wire });
  const echoed = await talk.say('Echo');
  assertThat(echoed).got('book', { used: '[hidden]', text: 'Bearer [hidden]' });
  const failed = await talk.say('Throw');
  assert.equal(failed.results[0]?.error?.message, 'The token [hidden] is refused');
  assertThat(failed).heard('No 4 seats.');
  const all = inspect([talk.turns, talk.items, talk.logs], { depth: null, maxStringLength: null });
  for (const shown of ['Uses [hidden]', 'With [hidden]', 'The token [hidden] is old'])
    assert.ok(all.includes(shown), shown);
  assert.ok(!all.includes(TOKEN));
});

test('converse: instructions are written once a turn, from public metadata and the time, and all rounds have the same', async () => {
  const clock = new TestClock();
  const now = new Date('2026-03-01T10:00:00Z');
  const model = [call('none', {}), 'One.', 'Two.'];
  const talk = converse(agent, { model, metadata: wire, clock, now });
  const systemOf = (request: (typeof talk.last.requests)[number] | undefined) => request?.messages[0];
  const first = await talk.say('One');
  const text = `For {"tenant":"mill","seats":4} at ${now.toISOString()}.`;
  assert.deepEqual(first.requests.map(systemOf), [
    { role: 'system', text },
    { role: 'system', text },
  ]);
  await talk.wait(60_000);
  const later = systemOf((await talk.say('Two')).requests[0]);
  assert.notDeepEqual(later, { role: 'system', text });
});

const broken: readonly [title: string, instructions: () => unknown, why: RegExp][] = [
  [
    'that throw',
    () => assert.fail('mill'),
    /^The function 'instructions' threw 'AssertionError'; the log has its message$/,
  ],
  [
    'that are a promise',
    () => Promise.reject(new Error('mill')),
    /'instructions' must return a text at once; got a promise$/,
  ],
  ['that are blank', () => ' ', /got a blank text$/],
  ['that are too long', () => 'x'.repeat(70_000), /returned 70000 bytes, over the limit of 65536; shorten it$/],
];
for (const [title, instructions, why] of broken) {
  test(`converse: instructions ${title} fail the turn, and the caller hears the apology`, async () => {
    const options = { name: 'a', model: 'm', voice: 'v', apology: 'Sorry.' };
    const faulty = defineAgent({ ...options, instructions: instructions as () => string });
    const turn = await converse(faulty, { model: ['Never asked.'] }).say('Hello');
    assertThat(turn).ended('failed').heard('Sorry.');
    assert.match(turn.steps[0]?.error?.message ?? '', why);
    assert.deepEqual(turn.requests, []);
  });
}

test('converse: metadata that does not fit is refused with all reasons, and is required by the compiler', () => {
  // @ts-expect-error -- two fields are missing
  const begin = () => converse(agent, { model: [], metadata: { seats: 'x' } });
  assert.throws(begin, {
    message:
      "The metadata of the test does not fit agent 'booking':\n- metadata.tenant is missing; send it\n" +
      '- metadata.seats does not fit: expected number; send one that does\n' +
      '- metadata.token is missing; send it',
  });
  // @ts-expect-error -- it has fields that are required
  assert.throws(() => converse(agent, { model: [] }), /metadata\.tenant is missing/);
});

test('converse: a cached result is given only to those of the same metadata', async () => {
  const whose = defineTool({
    ...{ name: 'whose', description: 'Whose', input: z.object({}), effect: 'read', cacheMs: 60_000 },
    metadata: z.object({ tenant: z.string() }),
    run: (_, { metadata: { tenant } }) => tenant,
  });
  const shop = defineAgent({
    ...{ name: 'a', instructions: 'Help.', model: 'm', voice: 'v' },
    metadata,
    tools: [whose],
  });
  const heard = await Promise.all(
    ['mill', 'lane'].map((tenant) =>
      converse(shop, { model: [call('whose', {}), 'So.'], metadata: { ...wire, tenant } }).say('Whose?'),
    ),
  );
  assert.deepEqual(
    heard.map(({ results }) => results[0]?.result),
    ['mill', 'lane'],
  );
});

test('runTool: metadata is read by the schema of the tool, and secrets are hidden as in a turn', async () => {
  assert.equal(await runTool(book, {}, { metadata: { seats: '3', token: TOKEN } }), 6);
  await assert.rejects(runTool(book, { how: 'throw' }, { metadata: { token: TOKEN } }), {
    kind: 'failed',
    message: 'The token [hidden] is refused',
  });
  const facts = { context: 'Now', conversationContext: 'Always' };
  const told = { conversationId: 'test', turnId: 'test', metadata: { seats: 1, token: '[hidden]' }, ...facts };
  await assert.rejects(runTool(book, { how: 'reject' }, { metadata: { token: TOKEN }, ...facts }), {
    kind: 'rejected',
    message: `For ${JSON.stringify(told)}`,
  });
});

test('runTool: metadata that does not fit the tool is refused', async () => {
  const run = async () => runTool(book, {}, { metadata: { seats: 'x', token: TOKEN } });
  await assert.rejects(
    run,
    /^TypeError: The metadata of the test does not fit tool 'book':\n- metadata\.seats does not fit/,
  );
  // @ts-expect-error -- the token is missing
  await assert.rejects(async () => runTool(book, {}), /metadata\.token is missing; send it/);
});
