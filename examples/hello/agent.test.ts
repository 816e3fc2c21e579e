import { test } from 'node:test';
import { assertThat, call, converse } from 'legato/testing';
import agent from './agent.ts';

test('the time is looked up, and said', async () => {
  const talk = converse(agent, {
    model: [call('tell_time', { zone: 'Europe/Lisbon' }), 'I hope that helps.'],
  });
  assertThat(await talk.say('What time is it in Lisbon?'))
    .got('tell_time', /^\d+:\d\d [AP]M$/)
    .heard('I hope that helps.');
});

test('an unknown place is told to the model, which asks again', async () => {
  const talk = converse(agent, {
    model: [call('tell_time', { zone: 'Mars' }), 'Which city do you mean?'],
  });
  assertThat(await talk.say('What time is it on Mars?'))
    .failed('tell_time', 'failed')
    .heard('Which city do you mean?');
});
