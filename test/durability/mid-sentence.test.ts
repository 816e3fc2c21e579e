import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { defaultDataConverter } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { createLegatoClient, type ServedEvent } from 'legato/client';
import type { BegunSpeech } from '../../contract/steps.ts';
import type { Item } from '../../contract/items.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { RequestView } from '../../providers/scripted/request-view.ts';
import { serveAgent, type ServedAgent } from './served-agent.ts';

// The process that says a sentence is killed, without Redis; another one goes on, by what Temporal was told with the last heartbeat.

const STORY = [
  'It begins at sea.',
  'A ship leaves the harbour at night.',
  'Its captain has not slept for days.',
  'At dawn they see a light.',
];
const TALE = STORY.map((sentence) => sentence.replace('.', ', they say.'));

let agent: ServedAgent;

/** The model goes on behind the words that it is shown as said. */
function goOn({ messages }: RequestView) {
  const said = messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  return { text: TALE.filter((sentence) => !String(said).includes(sentence)).join(' ') };
}

before(async () => {
  agent = await serveAgent([
    { when: { afterTool: true }, reply: { text: 'That is done.' } },
    { when: { user: 'look' }, reply: { text: STORY.join(' '), calls: [{ name: 'look', arguments: {} }] } },
    { when: { user: 'tale' }, reply: goOn, delays: { tokenMs: 150 } },
    { reply: { text: STORY.join(' ') } },
  ]);
});

after(() => agent[Symbol.asyncDispose]());

/** What Temporal has been told of the turn's speech with the heartbeats of its open steps. */
async function told(id: string): Promise<readonly BegunSpeech[]> {
  const { raw } = await agent.client.workflow.getHandle(id).describe();
  const details = await Promise.all(
    (raw.pendingActivities ?? []).map(({ heartbeatDetails }) =>
      decodeArrayFromPayloads(defaultDataConverter, heartbeatDetails?.payloads),
    ),
  );
  return details.flatMap(([begun]) => (begun as readonly BegunSpeech[] | undefined) ?? []);
}

interface GoneOn {
  readonly id: string;
  readonly result: TurnResult;
  /** What the second process had the voice say. */
  readonly saidAgain: readonly string[];
  readonly events: readonly ServedEvent[];
}

/** Kills the turn's process once Temporal knows that two sentences were published whole, and looks at what the next one does. */
async function killAfterTwo(words: string): Promise<GoneOn> {
  const first = await agent.start();
  const legato = createLegatoClient({ baseUrl: first.url });
  const { id: conversation } = await legato.createConversation();
  const { id } = await legato.startTurn(conversation, { text: words });
  while (!(await told(id)).some(({ sentences }) => sentences.filter(({ isWhole }) => isWhole).length >= 2))
    await pause(20);
  await first.kill();
  const { speech } = agent.scripted.requests;
  const before = speech.all.length;
  const second = await agent.start();
  try {
    const result = (await agent.client.workflow.getHandle(id).result()) as TurnResult;
    const events = await Array.fromAsync(createLegatoClient({ baseUrl: second.url }).events(id));
    return { id, result, events, saidAgain: speech.all.slice(before).map(({ body }) => body.input) };
  } finally {
    await second.stop();
  }
}

const speeches = (items: readonly Item[]) => items.flatMap((item) => (item.type === 'speech' ? [item] : []));
const chats = () => agent.scripted.requests.chat.all.length;

function assertGoesOn({ saidAgain }: GoneOn, [first = '', second = '', ...rest]: readonly string[]): void {
  for (const sentence of [first, second]) assert.ok(!saidAgain.includes(sentence), `'${sentence}' is said again`);
  for (const sentence of rest.slice(1)) assert.equal(saidAgain.filter((said) => said === sentence).length, 1, sentence);
}

test('mid-sentence: another process says the rest of an answer, and the record has it as one', async () => {
  const before = chats();
  const gone = await killAfterTwo('Tell me');
  const { result, events } = gone;
  assertGoesOn(gone, STORY);
  assert.equal(chats(), before + 1);
  assert.equal(result.outcome, 'answered');
  const [speech, ...more] = speeches(result.items);
  assert.deepEqual(more, []);
  assert.deepEqual([speech?.speech, speech?.text, speech?.heardText], ['1-1', STORY.join(' '), STORY.join(' ')]);
  const ends = events.filter(({ type }) => type === 'speech.cut' || type === 'speech.finished');
  assert.deepEqual(
    ends.map((event) => [event.type, 'speech' in event && event.speech]),
    [
      ['speech.cut', '1-1'],
      ['speech.finished', '1-3'],
    ],
  );
  const [cut] = ends;
  assert.ok(cut?.type === 'speech.cut' && cut.heardText.startsWith(`${STORY[0] ?? ''} ${STORY[1] ?? ''}`));
});

test('mid-sentence: a model that was still writing is asked to go on from the words that were said', async () => {
  const gone = await killAfterTwo('A tale');
  assertGoesOn(gone, TALE);
  const [speech, ...more] = speeches(gone.result.items);
  assert.deepEqual(more, []);
  assert.equal(speech?.text, TALE.join(' '));
  assert.equal(speech.heardText, TALE.join(' '));
});

test('mid-sentence: the rest of a preamble is said while its call runs, and the record has what was heard of it', async () => {
  const gone = await killAfterTwo('Please look');
  assertGoesOn(gone, [...STORY]);
  const [preamble, answer] = speeches(gone.result.items);
  assert.deepEqual(
    [preamble?.kind, preamble?.text, preamble?.heardText],
    ['preamble', STORY.join(' '), STORY.join(' ')],
  );
  assert.equal(answer?.heardText, 'That is done.');
});
