import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertThat, call, converse, type ConverseOptions, ScriptError } from 'legato/testing';
import { shop } from './shop.ts';

const talk = () => converse(shop, { model: ['Yes.'] });
/** As in a test that is not type-checked. */
const untyped = (value: unknown) => value as never;

for (const { title, take, message } of [
  {
    title: 'a turn that was not awaited',
    take: () => assertThat(untyped(Promise.resolve())),
    message: /'assertThat' takes a turn that is over.*got a promise; write assertThat\(await talk\.say\(…\)\)/,
  },
  { title: 'no turn', take: () => assertThat(untyped(undefined)), message: /'assertThat' takes a turn.*got undefined/ },
  {
    title: 'no options',
    take: () => converse(shop, untyped(undefined)),
    message: /'model' of 'converse'.*got undefined/,
  },
  {
    title: 'a model that is missing',
    take: () => converse(shop, {} as ConverseOptions),
    message: /'model' of 'converse' must be a list of replies or rules.*got undefined/,
  },
  {
    title: 'a model that is a name',
    take: () => converse(shop, { model: untyped('gpt-5.1') }),
    message: /'model' of 'converse' must be .*got the string 'gpt-5\.1'/,
  },
  {
    title: 'another provider',
    take: () => talk().fail(untyped('tts')),
    message: /'fail' takes 'model', 'voice' or 'fallbackVoice'.*'tts'/,
  },
  {
    title: 'an event that does not exist',
    take: () => talk().bargeIn({ on: untyped('speech.begun') }),
    message: /'on' of 'bargeIn' must be one of turn\.started, .*got the string 'speech\.begun'/,
  },
  { title: 'no words', take: () => talk().say(' '), message: /'say' needs words.*got none; .*'greet\(\)'/ },
]) {
  test(`testing: ${title} is told in a sentence`, async () => {
    await assert.rejects(async () => take(), { name: 'TypeError', message });
  });
}

test('testing: a script that calls a tool which the agent does not have is wrong, unless it says so', async () => {
  const misspelt = converse(shop, { model: [call('serch', {}), 'Yes.'] });
  await assert.rejects(misspelt.say('Where is it?'), (error) => {
    assert.ok(error instanceof ScriptError);
    return /The script calls 'serch', but no tool has this name: the agent has .*find_order/.test(error.message);
  });
  const invented = converse(shop, { model: [call('serch', {}, { unknown: true }), 'Yes.'] });
  assertThat(await invented.say('Where is it?'))
    .failed('serch', 'unknown_tool')
    .heard('Yes.');
});

for (const { moment, told } of [
  { moment: { on: 'tool.started' }, told: "The barge-in on 'tool.started' never came: the turn was over before" },
  { moment: { afterMs: 60_000 }, told: 'The barge-in after 60000 ms never came: the turn was over before' },
] as const) {
  test(`testing: a failure names the barge-in whose moment did not come: ${told}`, async () => {
    const talking = talk();
    talking.bargeIn(moment);
    const turn = await talking.say('Where is it?');
    assert.throws(
      () => assertThat(turn).ended('interrupted'),
      (error: Error) => error.message.includes(`it ended as answered\n${told}\n`),
    );
    assert.deepEqual(turn.missedBargeIns, [moment]);
  });
}
