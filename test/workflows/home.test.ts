import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { Home } from '../../workflows/home.ts';
import type { FailureType } from '../../contract/failures.ts';
import type { HomeStep } from '../../workflows/home-step.ts';

// Which process does a step, told by hand: what its attempts came to, whether home answers, who takes the turn over.

type Attempt = 'done' | 'silent' | 'not_taken' | 'elsewhere' | 'abandoned';

interface Told {
  readonly attempts: readonly Attempt[];
  /** Answers of home to probes, in order. */
  readonly probes?: readonly boolean[];
  readonly takenBy?: string;
  readonly bound?: boolean;
  readonly isPastReset?: () => boolean;
}

function lost(type: TimeoutType): ActivityFailure {
  const timeout = new TimeoutFailure('lost', undefined, type);
  return new ActivityFailure('lost', 'callTool', 'tool-1', RetryState.TIMEOUT, 'home', timeout);
}

function refused(type: FailureType): ActivityFailure {
  const refusal = ApplicationFailure.nonRetryable('refused', type);
  return new ActivityFailure('failed', 'callTool', 'tool-1', RetryState.NON_RETRYABLE_FAILURE, 'other', refusal);
}

function createHome({ attempts, probes = [], takenBy = 'B', bound = true, isPastReset }: Told) {
  const done: string[] = [];
  const ways: string[] = [];
  const begun: (string | undefined)[] = [];
  const takenAs: (number | undefined)[] = [];
  const answers = [...probes];
  const outcomes = [...attempts];
  const home = new Home({
    queue: 'A',
    bound,
    probe: () => Promise.resolve(answers.shift() ?? false),
    takeOver: (_, epoch) => {
      takenAs.push(epoch);
      return Promise.resolve(takenBy);
    },
    ...(isPastReset && { isPastReset }),
  });
  const step = (more: Partial<HomeStep<string>> = {}): HomeStep<string> => ({
    id: 'tool:1:0:book',
    ifLate: () => undefined,
    schedule: ({ home: queue, epoch, isEager, mayHaveBegun }) => {
      begun.push(mayHaveBegun);
      const outcome = outcomes.shift();
      ways.push(isEager ? 'near' : queue);
      if (outcome === 'elsewhere') return Promise.reject(refused('Home.Elsewhere'));
      if (outcome === 'abandoned') return Promise.reject(refused('Turn.Abandoned'));
      if (outcome === 'silent') return Promise.reject(lost(TimeoutType.HEARTBEAT));
      if (outcome === 'not_taken') return Promise.reject(lost(TimeoutType.SCHEDULE_TO_START));
      done.push(`${queue}${epoch}`);
      return Promise.resolve('done');
    },
    ...more,
  });
  return { home, step, done, ways, takenAs, begun };
}

const write = { ifMaybeBegun: () => 'unknown' };

test('home: a write that nobody took is done by the next home', async () => {
  const { home, step, done } = createHome({ attempts: ['not_taken', 'done'] });
  assert.equal(await home.do(step(write)), 'done');
  assert.deepEqual(done, ['B1']);
});

test('home: a write that may have begun is not done by the next home (I1)', async () => {
  const { home, step, done } = createHome({ attempts: ['silent'] });
  assert.equal(await home.do(step(write)), 'unknown');
  assert.deepEqual(done, []);
});

test('home: a write that may have begun in an earlier attempt is not done by the next home either (I1)', async () => {
  const { home, step, done } = createHome({ attempts: ['silent', 'not_taken', 'done'], probes: [true, false] });
  assert.equal(await home.do(step(write)), 'unknown');
  assert.deepEqual(done, []);
});

test('home: after an outage of Temporal a home that answers is asked again, under the same epoch', async () => {
  const { home, step, done } = createHome({ attempts: ['silent', 'done'], probes: [true] });
  assert.equal(await home.do(step(write)), 'done');
  assert.deepEqual(done, ['A0']);
});

test('home: a process that takes its own turn over has the work of the first attempt', async () => {
  const { home, step, done } = createHome({ attempts: ['silent', 'done'], takenBy: 'A' });
  assert.equal(await home.do(step(write)), 'done');
  assert.deepEqual(done, ['A0']);
});

test('home: a turn whose first step nobody took is given up, and one that was taken is not (I8)', async () => {
  const untaken = createHome({ attempts: ['not_taken'], bound: false });
  await assert.rejects(
    untaken.home.do(untaken.step()),
    (error) => error instanceof ApplicationFailure && error.type === 'Turn.Abandoned',
  );
  const taken = createHome({ attempts: ['silent', 'done'], bound: false });
  assert.equal(await taken.home.do(taken.step()), 'done');
});

test('home: a result that an old home gives after the turn has moved is told to the new one', async () => {
  const { home, step } = createHome({ attempts: ['silent', 'done'] });
  const slow = Promise.withResolvers<string>();
  const late: string[] = [];
  const waiting = home.do(step({ schedule: () => slow.promise, ifLate: (result) => void late.push(result) }));
  await home.do(step());
  slow.resolve('from A');
  assert.equal(await waiting, 'from A');
  assert.deepEqual(late, ['from A']);
});

test('home: a result that an old home gives after the turn has moved, and that does not count, is done again by the new one', async () => {
  const { home, step, done } = createHome({ attempts: ['silent', 'done', 'done'] });
  const slow = Promise.withResolvers<string>();
  const again = step({ ifLate: () => 'again' });
  const schedule: HomeStep<string>['schedule'] = (place) => (place.epoch === 0 ? slow.promise : again.schedule(place));
  const waiting = home.do({ ...again, schedule });
  await home.do(step());
  slow.resolve('from A');
  assert.equal(await waiting, 'done');
  assert.deepEqual(done, ['B1', 'B1']);
});

test('home: a step that Temporal hands to another process goes to the queue of home, and so does all that follows', async () => {
  const { home, step, done, ways } = createHome({ attempts: ['done', 'elsewhere', 'done', 'done'] });
  for (let count = 0; count < 3; count += 1) await home.do(step(write));
  assert.deepEqual(ways, ['near', 'near', 'A', 'A']);
  assert.deepEqual(done, ['A0', 'A0', 'A0']);
});

test('home: a write that another process has refused has not begun (I1)', async () => {
  const { home, step, done, ways } = createHome({ attempts: ['elsewhere', 'not_taken', 'done'] });
  assert.equal(await home.do(step(write)), 'done');
  assert.deepEqual(ways, ['near', 'A', 'near']);
  assert.deepEqual(done, ['B1']);
});

test('home: a write whose loss is known only after the turn has moved is not done by the next home either (I1)', async () => {
  const { home, step, done } = createHome({ attempts: ['silent', 'done'], probes: [false, true] });
  const loss = Promise.withResolvers<string>();
  const writing = home.do(step({ ...write, schedule: () => loss.promise }));
  assert.equal(await home.do(step()), 'done');
  loss.reject(lost(TimeoutType.HEARTBEAT));
  assert.equal(await writing, 'unknown');
  assert.deepEqual(done, ['B1']);
});

test('home: after a loss its steps wait where only home takes them', async () => {
  const { home, step, ways } = createHome({ attempts: ['silent', 'done', 'done'], probes: [true] });
  await home.do(step());
  await home.do(step());
  assert.deepEqual(ways, ['near', 'A', 'A']);
});

test('home: after a reset a process takes the turn anew before its next step, and the same process under the next epoch too', async () => {
  for (const takenBy of ['A', 'B']) {
    let isPastReset = false;
    const { home, step, done, takenAs } = createHome({
      attempts: ['done', 'done', 'done'],
      takenBy,
      isPastReset: () => isPastReset,
    });
    await home.do(step());
    isPastReset = true;
    await Promise.all([home.do(step()), home.retake(), home.do(step())]);
    assert.deepEqual(done, ['A0', `${takenBy}1`, `${takenBy}1`]);
    assert.deepEqual(takenAs, [1]);
  }
});

test('home: after a reset the accounts of the earlier run’s home do not count, before and after the turn is taken anew', async () => {
  let isPastReset = false;
  const { home } = createHome({ attempts: [], takenBy: 'B', isPastReset: () => isPastReset });
  assert.equal(home.leastEpoch, 0);
  isPastReset = true;
  assert.equal(home.leastEpoch, 1);
  await home.retake();
  assert.equal(home.leastEpoch, 1);
});

test('home: after a reset a write is not done, whether or not it was scheduled before', async () => {
  let isPastReset = true;
  const fresh = createHome({ attempts: [], isPastReset: () => isPastReset });
  const where: string[] = [];
  const told = { ifMaybeBegun: (at: string) => `unknown: ${where.push(at)}` };
  assert.equal(await fresh.home.do(fresh.step(told)), 'unknown: 1');
  isPastReset = false;
  const { home, step, done } = createHome({ attempts: ['not_taken'], isPastReset: () => isPastReset });
  const begun = home.do(step(told));
  isPastReset = true;
  assert.equal(await begun, 'unknown: 2');
  assert.deepEqual([done, where], [[], ['in an earlier run', 'in an earlier run']]);
});

test('home: a first step that was scheduled before a reset, and refused after it, is done by the new home', async () => {
  let isPastReset = false;
  const attempts = ['abandoned', 'done'] as const;
  const { home, step, done } = createHome({ attempts, bound: false, isPastReset: () => isPastReset });
  const begun = home.do(step());
  isPastReset = true;
  assert.equal(await begun, 'done');
  assert.deepEqual(done, ['B1']);
});

test('home: a write that says what to do then is done by the next home, which is told that it may have begun', async () => {
  const { home, step, done, begun } = createHome({ attempts: ['silent', 'not_taken', 'done'], probes: [false, false] });
  assert.equal(await home.do(step({ ...write, isRepeatable: true })), 'done');
  assert.deepEqual(done, ['B1']);
  assert.deepEqual(begun, [undefined, 'in a lost process', 'in a lost process']);
});

test('home: a write that says what to do then and that cannot be done any more counts as possibly begun', async () => {
  const { home, step } = createHome({ attempts: ['silent', 'abandoned'] });
  assert.equal(await home.do(step({ ...write, isRepeatable: true })), 'unknown');
});

test('home: a write that nobody took is not said to have begun', async () => {
  const { home, step, begun } = createHome({ attempts: ['not_taken', 'done'] });
  assert.equal(await home.do(step({ ...write, isRepeatable: true })), 'done');
  assert.deepEqual(begun, [undefined, undefined]);
});

test('home: after a reset a write that says what to do then is done again by a home that is told', async () => {
  const { home, step, begun } = createHome({ attempts: ['done'], isPastReset: () => true });
  assert.equal(await home.do(step({ ...write, isRepeatable: true })), 'done');
  assert.deepEqual(begun, ['in an earlier run']);
});
