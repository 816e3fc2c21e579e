import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServedEvent } from 'legato/client';
import type { Item } from '../../../contract/items.ts';
import { Turn } from '../../../contract/http.ts';
import type { HeardEvent, HeardTurn, Observation, RecordedTurn } from '../observation.ts';
import { planned, toSentences } from '../script.ts';
import { countAll, type CountName } from './count-all.ts';
import { gapsAfterKills } from './gaps.ts';

// A run in which all is well counts nothing; each fault that is planted in it is counted, and as what it is.

const REF = 'c1t1';
const WORDS = toSentences(planned(REF, true).answer);
const PREAMBLE = planned(REF, true).preamble;
const FIRST = 1_000_000;

type Fields = Omit<ServedEvent, 'seq' | 'atMs'> & Record<string, unknown>;

const heard = (seq: number, fields: Fields, from = 'a1'): HeardEvent => {
  const event = { seq, atMs: (seq % FIRST) * 100 + (seq > FIRST ? 5_000 : 0), ...fields } as unknown as ServedEvent;
  return { event, from, receivedMs: event.atMs };
};

const sentence = (speech: string, index: number, text: string): Fields[] => [
  { type: 'speech.sentence', speech, index, text, startMs: 0 },
  { type: 'speech.audio', speech, index, pcm: String(text.length * 55) },
];

const FINISHED: Fields = { type: 'turn.finished', outcome: 'answered', degraded: false, text: '' };
const SAID = [...sentence('1-1', 0, PREAMBLE), ...WORDS.flatMap((text, at) => sentence('2-1', at, text))];
const EVENTS = [...SAID, FINISHED].map((fields, at) => heard(at + 1, fields));

const ITEMS: readonly Item[] = [
  { type: 'user', text: `${REF} book` },
  { type: 'speech', speech: '1-1', kind: 'preamble', text: PREAMBLE, heardText: PREAMBLE },
  { type: 'call', call: 'tool:1:0:book', name: 'book', arguments: { ref: REF } },
  { type: 'result', call: 'tool:1:0:book', ok: true, result: 'done' },
  { type: 'speech', speech: '2-1', kind: 'answer', text: WORDS.join(' '), heardText: WORDS.join(' ') },
];

const TURN: HeardTurn = {
  ...{ ref: REF, conversationId: 'k', tools: ['book'], playout: 'assumed', id: 'turn-k-1' },
  posts: [{ atMs: 0, to: 'a1', answer: '202', id: 'turn-k-1', number: 1 }],
  ...{ heard: EVENTS, overheard: EVENTS, denials: [] },
};

const RESULT: NonNullable<RecordedTurn['result']> = {
  ...{ conversationId: 'k', number: 1, outcome: 'answered', degraded: false, items: [...ITEMS], steps: [] },
};

const SERVED = Turn.parse({
  ...{ id: 'turn-k-1', conversationId: 'k', number: 1, state: 'finished', outcome: 'answered' },
  ...{ startedAt: '2026-11-28T10:00:00.000Z', steps: [], items: ITEMS },
  temporal: { workflowId: 'turn-k-1', runId: 'r' },
});

const RECORD: RecordedTurn = {
  ...{ id: 'turn-k-1', conversationId: 'k', number: 1, status: 'COMPLETED', result: RESULT, served: [SERVED] },
};

const WELL: Observation = {
  ...{ turns: [TURN], records: [RECORD], left: [], faults: [] },
  conversations: [
    {
      ...{ id: 'k', agent: 'chaos', createdAt: '2026-11-28T10:00:00.000Z', turns: [], items: [...ITEMS] },
      ...{ omittedItems: 0, pending: [] },
    },
  ],
  effects: [{ tool: 'book', ref: REF, key: 'turn-k-1/tool:1:0:book' }],
  prompts: [{ ref: REF, before: [] }],
};

const withTurn = (change: Partial<HeardTurn>): Observation => ({ ...WELL, turns: [{ ...TURN, ...change }] });
const withRecord = (change: Partial<RecordedTurn>): Observation => ({ ...WELL, records: [{ ...RECORD, ...change }] });
const withResult = (change: Partial<typeof RESULT>): Observation => withRecord({ result: { ...RESULT, ...change } });
/** Only to the caller: nobody else is there. */
const withHeard = (events: readonly HeardEvent[]): Observation => withTurn({ heard: events, overheard: [] });

const counted = (observation: Observation): readonly CountName[] =>
  [...countAll(observation)].flatMap(([name, all]) => (all.length > 0 ? [name] : []));

test('counts: a run in which all is well counts nothing', () => {
  assert.deepEqual(counted(WELL), []);
});

/** The second home begins with a sentence of this index, after `before` events of the first one. */
function movedAt(before: number, from: number): readonly HeardEvent[] {
  const rest = WORDS.slice(from).flatMap((text, at) => sentence('2-2', at, text));
  const cut: Fields = { type: 'speech.cut', speech: '2-1', kind: 'answer', text: '', heardText: '', heardMs: 0 };
  const events = [cut, ...rest, FINISHED].map((fields, at) => heard(FIRST + 1 + at, fields, 'b1'));
  return [...EVENTS.slice(0, before), ...events];
}

test('counts: the sentence that was being said when its home was lost may be said again', () => {
  assert.deepEqual(counted(withHeard(movedAt(6, 1))), []);
});

const planted: readonly (readonly [what: string, observation: Observation, as: readonly CountName[]])[] = [
  ['a turn that nobody accepted', withTurn({ id: undefined, heard: [], overheard: [] } as never), ['lost turns']],
  ['a turn whose end was not heard', withHeard(EVENTS.slice(0, -1)), ['lost turns']],
  ['a turn without a result', withRecord({ result: undefined } as never), ['lost turns', 'records that differ']],
  ['a turn that failed', withResult({ outcome: 'failed' }), ['lost turns', 'records that differ']],
  [
    'a turn that was interrupted by nobody',
    withResult({ outcome: 'interrupted' }),
    ['lost turns', 'records that differ'],
  ],
  ['a write that ran twice', { ...WELL, effects: [...WELL.effects, ...WELL.effects] }, ['doubled effects']],
  ['a write that did not run', { ...WELL, effects: [] }, ['results that are not so']],
  [
    'a write that the record denies',
    withResult({ items: ITEMS.filter(({ type }) => type !== 'call' && type !== 'result') }),
    ['results that are not so', 'records that differ'],
  ],
  ['a sentence before the last one that is said again', withHeard(movedAt(6, 0)), ['doubled sentences']],
  [
    'a sentence that is left out',
    withHeard(movedAt(6, 2).filter(({ event }) => event.seq !== 5 && event.seq !== 6)),
    ['missing sentences', 'records that differ'],
  ],
  ['a sentence without its sound', withHeard(EVENTS.filter(({ event }) => event.seq !== 6)), ['missing sentences']],
  [
    'an event that comes twice',
    withHeard([...EVENTS.slice(0, 3), ...EVENTS.slice(2)]),
    ['doubled sentences', 'two voices'],
  ],
  [
    'an older home after a newer one',
    withHeard([
      ...EVENTS.slice(0, 4),
      heard(FIRST + 1, { type: 'turn.interrupted', heardText: '' }),
      ...EVENTS.slice(4),
    ]),
    ['two voices', 'records that differ'],
  ],
  [
    'other words to another listener',
    withTurn({ overheard: EVENTS.map((one) => (one.event.seq === 5 ? heard(5, { type: 'step.recorded' }) : one)) }),
    ['missing sentences', 'two voices', 'records that differ'],
  ],
  [
    'words in the record that nobody heard',
    withResult({
      items: ITEMS.map((item) =>
        item.type === 'speech' && item.kind === 'answer'
          ? { ...item, text: `${item.text} And more.`, heardText: `${item.heardText} And more.` }
          : item,
      ),
    }),
    ['records that differ'],
  ],
  [
    'a front end that shows a turn as running',
    withRecord({ served: [{ ...SERVED, state: 'running' }] }),
    ['records that differ'],
  ],
  [
    'a conversation without a turn',
    { ...WELL, conversations: WELL.conversations.map((one) => ({ ...one, items: [] })) },
    ['records that differ'],
  ],
  [
    'words that became two turns',
    { ...WELL, records: [RECORD, { ...RECORD, id: 'turn-k-2', number: 2 }] },
    ['records that differ', 'numbers twice', 'prompts that differ'],
  ],
  [
    'a repeat that found another turn',
    withTurn({ posts: [...TURN.posts, { ...TURN.posts[0], id: 'turn-k-2' } as never] }),
    ['numbers twice'],
  ],
  ['an answer that an accepted turn must not get', withTurn({ denials: ['404'] }), ['answers denied']],
  ['a workflow that stays open', withRecord({ status: 'RUNNING' }), ['left open']],
  ['a process that keeps a turn', { ...WELL, left: ['a1 has 1 open turns'] }, ['left open']],
];

for (const [what, observation, as] of planted)
  test(`counts: ${what} is counted as ${as.join(' and ')}`, () => {
    assert.deepEqual(counted(observation), as);
  });

const NEXT: RecordedTurn = {
  ...{ id: 'turn-k-2', conversationId: 'k', number: 2, status: 'COMPLETED', served: [] },
  result: { ...RESULT, number: 2, items: [{ type: 'user', text: 'c1t2' }] },
};
const withPrompt = (before: Observation['prompts'][number]['before']): Observation => ({
  ...{ ...WELL, records: [RECORD, NEXT], conversations: [] },
  prompts: [{ ref: 'c1t2', before }],
});
const ALL_SAID = [PREAMBLE, ...WORDS].join(' ');

test('counts: a prompt has all earlier turns, as they were heard', () => {
  assert.deepEqual(counted(withPrompt([{ ref: REF, said: ALL_SAID }])), []);
  assert.deepEqual(counted(withPrompt([])), ['prompts that differ']);
  assert.deepEqual(counted(withPrompt([{ ref: REF, said: `${ALL_SAID} More.` }])), ['prompts that differ']);
});

test('counts: a gap lasts from the kill of a home that speaks to the next frame of another home', () => {
  const kill = { atMs: 650, kind: 'kill', at: 'a1', lastsMs: 0 };
  const cut = { atMs: 900, kind: 'cut Redis', at: 'b1', lastsMs: 0 };
  const moved = withHeard(movedAt(6, 1));
  const [gap] = gapsAfterKills({ ...moved, faults: [kill] });
  assert.deepEqual(gap, { ref: REF, gapMs: 4_650, isAlone: true });
  assert.equal(gapsAfterKills({ ...moved, faults: [kill, cut] })[0]?.isAlone, false);
  assert.deepEqual(gapsAfterKills({ ...moved, faults: [{ ...kill, at: 'b1' }] }), []);
});
