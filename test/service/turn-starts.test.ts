import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { turnIdOf } from '../../contract/messages.ts';
import { TurnNumberTaken } from '../../record/start-turn.ts';
import { TemporalUnreachable } from '../../record/temporal-fault.ts';
import { TurnNumberMoved, TurnStarts } from '../../service/turn-starts.ts';
import { textInput } from '../text-input.ts';

type Request = Parameters<TurnStarts['start']>[0];

/** A Temporal that answers each start when it is told to. */
class Answers {
  readonly asked: number[] = [];
  /** Of the turn that it has, for those who ask. */
  home = 'home-a';
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  readonly starts = new TurnStarts({
    start: ({ start }) => {
      this.asked.push(start.number);
      const answer = Promise.withResolvers<void>();
      this.#waiting.push(answer);
      return answer.promise;
    },
    started: ({ number }) => {
      const id = turnIdOf({ conversationId: 'c', number });
      return Promise.resolve({ id, number, startedAt: '', state: 'running', home: this.home });
    },
  });

  begin(number: number, isWanted = () => true) {
    const starting = this.starts.start(request(number), isWanted);
    starting.started.catch(() => undefined); // its fate says the same
    return starting;
  }

  /** The oldest start that has no answer. */
  async answer(error?: Error): Promise<void> {
    const oldest = this.#waiting.shift() ?? assert.fail('Nothing was asked');
    if (error) oldest.reject(error);
    else oldest.resolve();
    await turnOfLoop();
  }
}

function request(number: number): Request {
  const place = { conversationId: 'c', number };
  const terms = { deadlineMs: 1, maxRounds: 1, apology: 'Sorry.' };
  const spoken = {
    agent: 'a',
    input: textInput('Hi'),
    modality: 'text',
    terms,
    home: 'home-a',
    history: { items: [] },
  } as const;
  return { id: turnIdOf(place), start: { ...place, ...spoken }, digest: 'd', postedAt: '', patienceMs: 1 };
}

test('turn starts: one is sent in the tick in which it is asked for, and one after it once it has its number', async () => {
  const temporal = new Answers();
  const [first, second] = [temporal.begin(1), temporal.begin(2)];
  assert.deepEqual(temporal.asked, [1]);
  await temporal.answer();
  assert.deepEqual(temporal.asked, [1, 2]);
  await temporal.answer();
  assert.deepEqual(await Promise.all([first.fate, second.fate]), ['begun', 'begun']);
  temporal.begin(3);
  assert.deepEqual(temporal.asked, [1, 2, 3]);
  await temporal.answer();
});

test('turn starts: those after one whose number is taken, or is refused for good, are not sent', async () => {
  for (const [error, fate] of [
    [new TurnNumberTaken('turn-c-1'), 'taken'],
    [new TypeError('It cannot be written as JSON'), 'free'],
  ] as const) {
    const temporal = new Answers();
    const all = [temporal.begin(1), temporal.begin(2), temporal.begin(3)];
    await temporal.answer(error);
    assert.deepEqual(await Promise.all(all.map((one) => one.fate)), [fate, 'free', 'free']);
    await assert.rejects(all[1]?.started ?? Promise.resolve(), TurnNumberMoved);
    assert.deepEqual(temporal.asked, [1]);
  }
});

test('turn starts: one whose answer was lost is asked for again until there is a turn of its number, and the next one waits', async () => {
  const temporal = new Answers();
  const lost = temporal.begin(1);
  const next = temporal.begin(2);
  await temporal.answer(new TemporalUnreachable());
  await assert.rejects(lost.started, TemporalUnreachable);
  while (temporal.asked.length < 2) await turnOfLoop();
  await temporal.answer(new TemporalUnreachable());
  while (temporal.asked.length < 3) await turnOfLoop();
  assert.deepEqual(temporal.asked, [1, 1, 1]);
  await temporal.answer();
  assert.equal(await lost.fate, 'begun');
  assert.deepEqual(temporal.asked, [1, 1, 1, 2]);
  await temporal.answer();
  assert.equal(await next.fate, 'begun');
});

test('turn starts: one that was given up while it waited is not sent', async () => {
  const temporal = new Answers();
  temporal.begin(1);
  const next = temporal.begin(2, () => false);
  await temporal.answer();
  assert.equal(await next.fate, 'free');
  assert.deepEqual(temporal.asked, [1]);
});

test('turn starts: one whose answer was lost has begun if the turn of its number is of this process, and not if it is of another', async () => {
  for (const [home, fate] of [
    ['home-a', 'begun'],
    ['home-b', 'taken'],
  ] as const) {
    const temporal = new Answers();
    temporal.home = home;
    const lost = temporal.begin(1);
    await temporal.answer(new TemporalUnreachable());
    while (temporal.asked.length < 2) await turnOfLoop();
    await temporal.answer(new TurnNumberTaken('turn-c-1'));
    assert.equal(await lost.fate, fate);
  }
});
