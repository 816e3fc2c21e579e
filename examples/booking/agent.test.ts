import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertThat, call, converse, type ConverseOptions, runTool, standIn, TestClock } from 'legato/testing';
import agent, { bookAppointment } from './agent.ts';
import { appointments, book } from './calendar.ts';

/** Each test has a day of its own, since they share the calendar. */
function talkAbout(day: string, options: Partial<ConverseOptions> = {}) {
  const slot = `${day} 10:30`;
  const talk = converse(agent, {
    ...options,
    model: [
      call('find_slots', { day }),
      'Half past ten is free.',
      { text: 'I book half past ten for you now.', calls: [call('book_appointment', { slot })] },
      'You are booked.',
      'All right.',
    ],
  });
  return { talk, slot };
}

test('a time is offered, agreed to and booked, for the caller and nobody else', async () => {
  const { talk, slot } = talkAbout('2027-03-01');
  assertThat(await talk.say('Can I come on the first of March?')).got('find_slots', {
    slots: [`2027-03-01 09:00`, slot, '2027-03-01 15:00'],
  });
  assertThat(await talk.say('Half past ten, please'))
    .calledOnly('identify_patient', 'book_appointment')
    .got('book_appointment', { slot, patientId: 'p-7' })
    .heard('You are booked.');
});

test('a caller who cuts in before the sentence is over books nothing', async () => {
  const { talk, slot } = talkAbout('2027-03-02');
  await talk.say('Can I come on the second of March?');
  talk.bargeIn({ on: 'speech.started', afterMs: 400 });
  assertThat(await talk.say('Half past ten, please'))
    .ended('interrupted')
    .failed('book_appointment', 'cancelled');
  assert.equal(
    appointments().some((appointment) => appointment.slot === slot),
    false,
  );
});

test('a time that was not offered is not booked', async () => {
  const talk = converse(agent, {
    model: [call('book_appointment', { slot: '2027-03-03 03:00' }), 'Let me look what is free.'],
  });
  assertThat(await talk.say('At three in the morning')).failed('book_appointment', 'rejected');
});

test('a caller who speaks while it is being booked has the appointment, and the agent knows it', async () => {
  const clock = new TestClock();
  const slowly = standIn(bookAppointment, async ({ slot }) => {
    await clock.sleep(1_000);
    return { slot, patientId: 'p-7' };
  });
  const { talk, slot } = talkAbout('2027-03-05', { clock, tools: [slowly] });
  await talk.say('Can I come on the fifth of March?');
  talk.bargeIn({ on: 'tool.started', afterMs: 2_500 });
  assertThat(await talk.say('Half past ten, please')).got('book_appointment', { slot });
  assertThat(await talk.say('Did it work?')).prompted(slot);
});

test('a repeat of the same booking is the same appointment', async () => {
  const args = { slot: '2027-03-04 09:00', patient_id: 'p-7' };
  const options = {
    idempotencyKey: 'turn-1/tool:1:0:book_appointment',
    transcript: [{ type: 'result' as const, call: 'c1', ok: true, result: { slots: [args.slot] } }],
  };
  const once = await runTool(bookAppointment, args, options);
  assert.deepEqual(await runTool(bookAppointment, args, options), once);
  assert.throws(() => book({ slot: args.slot, patientId: 'p-8' }, 'another key'), /was taken meanwhile/);
});
