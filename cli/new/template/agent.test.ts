import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertThat, converse, runTool } from 'legato/testing';
import agent, { bookPickup, repairStatus } from './agent.ts';
import replies from './replies.ts';

test('repair_status: a ticket has its bicycle and status', async () => {
  assert.equal((await runTool(repairStatus, { ticket: '1042' })).status, 'ready');
});

test('repair_status: an unknown ticket is told in words', async () => {
  await assert.rejects(runTool(repairStatus, { ticket: '7' }), { kind: 'failed', message: 'There is no ticket 7' });
});

test('book_pickup: it answers with the day', async () => {
  assert.deepEqual(await runTool(bookPickup, { ticket: '1042', day: 'Friday' }), { booked: 'Friday' });
});

test('a caller hears the status, and then books a pickup', async () => {
  const talk = converse(agent, { model: replies });
  assertThat(await talk.say('Is ticket 1042 ready?'))
    .called('repair_status', { ticket: '1042' })
    .heard('Your blue city bike is ready.')
    .ended('answered');
  assertThat(await talk.say('I pick up 1042 on Friday.'))
    .got('book_pickup', { booked: 'Friday' })
    .heard('Friday');
});
