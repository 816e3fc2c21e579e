import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import type { CallResult, ToolPolicy } from '../../contract/rounds.ts';
import type { CallToolResult, PassGateResult, RunToolInput } from '../../contract/steps.ts';
import type { OpenedStart } from '../../contract/turn.ts';
import { CallsElsewhere } from '../../workflows/calls-elsewhere.ts';
import type { HomeStep } from '../../workflows/home-step.ts';
import type { PlayerPort } from '../../workflows/player-port.ts';
import { toolWith } from '../agent/defined.ts';
import { called } from '../metadata.ts';

// What the record does with a tool that a worker runs, told by hand: what each attempt at it came to.

type Attempt = 'done' | 'silent' | 'failed' | 'not_taken' | 'cancelled';

interface Told {
  readonly attempts: readonly Attempt[];
  readonly gate?: PassGateResult;
  readonly policy?: Partial<ToolPolicy>;
  readonly isPastReset?: boolean;
  readonly isCancelledAtHome?: boolean;
}

const DONE: CallResult = { ok: true, result: 'done', attempts: 1, durationMs: 1 };

function lost(cause: Error): ActivityFailure {
  return new ActivityFailure('lost', 'runTool', 'tool-1', RetryState.TIMEOUT, 'worker', cause);
}

const failures: Record<Exclude<Attempt, 'done'>, () => Error> = {
  silent: () => lost(new TimeoutFailure('lost', undefined, TimeoutType.HEARTBEAT)),
  failed: () => lost(ApplicationFailure.nonRetryable('it is stopping', 'Worker.Lost')),
  not_taken: () => lost(new TimeoutFailure('lost', undefined, TimeoutType.SCHEDULE_TO_START)),
  cancelled: () => lost(new CancelledFailure('cancelled')),
};

/** One call, to its end: what was asked of home and of workers, in order, and what it came to. */
async function call({ attempts, gate = {}, policy = {}, isPastReset = false, isCancelledAtHome = false }: Told) {
  const asked: string[] = [];
  const outcomes = [...attempts];
  const port = {
    begin: <T>(run: () => Promise<T>) => ({ ended: run(), cancel: () => undefined }),
    passGate: () => Promise.resolve(gate),
    runTool: ({ mayHaveBegun }: RunToolInput) => {
      asked.push(`run${mayHaveBegun === undefined ? '' : ` that may have begun ${mayHaveBegun}`}`);
      const outcome = outcomes.shift() ?? assert.fail('One attempt too many');
      return outcome === 'done' ? Promise.resolve(DONE) : Promise.reject(failures[outcome]());
    },
    callTool: (_: unknown, { ran }: { readonly ran?: CallResult }) => Promise.resolve({ ...ran } as CallToolResult),
  } satisfies Partial<PlayerPort>;
  const start = { conversationId: 'c', agent: 'orders' } as OpenedStart;
  const calls = new CallsElsewhere(start, port as unknown as PlayerPort, () => isPastReset);
  const atHome = <T>({ id, schedule }: HomeStep<T>): Promise<T> => {
    asked.push(id);
    return schedule({ home: 'A', epoch: 0, attempt: 1, isEager: true });
  };
  const usual = toolWith({ worker: 'warehouse' }).policyFor({}, called);
  const ending = calls.do(
    {
      ...{ step: 'tool:1:0:act', name: 'act', arguments: {}, policy: { ...usual, ...policy } },
      ...{ ifLate: () => undefined, isCancelledAtHome: () => isCancelledAtHome },
    },
    atHome,
  );
  const result = await ending.catch((error: unknown) => error as Error);
  return { asked, result, begun: calls.begun };
}

const GATE = 'gate:tool:1:0:act';
const END = 'tool:1:0:act';
const LOST = 'run that may have begun in a lost process';
const EARLIER = 'run that may have begun in an earlier run';
const write = { effect: 'write' } as const;

test('calls elsewhere: home lets a call begin, a worker runs the tool, and home gets the result', async () => {
  const { asked, result, begun } = await call({ attempts: ['done'] });
  assert.deepEqual([asked, result, begun], [[GATE, 'run', END], DONE, [END]]);
});

test('calls elsewhere: a call that ended at its gate is not scheduled for a worker (I1)', async () => {
  const ended: CallToolResult = { ok: false, error: { kind: 'cancelled', message: '' }, attempts: 0, durationMs: 0 };
  const { asked, result, begun } = await call({ attempts: [], gate: { ended } });
  assert.deepEqual([asked, result, begun], [[GATE], ended, []]);
});

interface Losing {
  readonly title: string;
  readonly told: Told;
  /** Between gate and end. */
  readonly runs: readonly string[];
  /** `done`, or the kind of the error. */
  readonly result: string;
}

const losing: readonly Losing[] = [
  {
    title: 'a read whose worker is lost runs again',
    told: { attempts: ['silent', 'done'] },
    runs: ['run', 'run'],
    result: 'done',
  },
  {
    title: 'a read that three workers were lost with has failed',
    told: { attempts: ['silent', 'failed', 'silent'] },
    ...{ runs: ['run', 'run', 'run'], result: 'failed' },
  },
  {
    title: 'a read that nobody takes is not asked for again',
    told: { attempts: ['not_taken'] },
    ...{ runs: ['run'], result: 'timed_out' },
  },
  {
    title: 'a write that nobody took has not happened',
    told: { attempts: ['not_taken'], policy: write },
    ...{ runs: ['run'], result: 'timed_out' },
  },
  {
    title: 'a write whose worker is lost is not repeated, and its outcome is unknown (I1)',
    told: { attempts: ['silent'], policy: write },
    ...{ runs: ['run'], result: 'outcome_unknown' },
  },
  {
    title: 'a write whose worker stops in it is not repeated either (I1)',
    told: { attempts: ['failed'], policy: write },
    ...{ runs: ['run'], result: 'outcome_unknown' },
  },
  {
    title: 'an idempotent write whose worker is lost runs again, and the next worker knows why',
    told: { attempts: ['silent', 'done'], policy: { ...write, ifBegun: 'again' } },
    ...{ runs: ['run', LOST], result: 'done' },
  },
  {
    title: 'a write with reconcile that nobody takes again is of unknown outcome',
    told: { attempts: ['silent', 'not_taken'], policy: { ...write, ifBegun: 'reconcile' } },
    ...{ runs: ['run', LOST], result: 'outcome_unknown' },
  },
  {
    title: 'a write with reconcile that is cancelled before it is taken again is of unknown outcome',
    told: { attempts: ['silent', 'cancelled'], policy: { ...write, ifBegun: 'reconcile' } },
    ...{ runs: ['run', LOST], result: 'outcome_unknown' },
  },
  {
    title: 'an idempotent write that three workers were lost with is of unknown outcome',
    told: { attempts: ['silent', 'silent', 'silent'], policy: { ...write, ifBegun: 'again' } },
    ...{ runs: ['run', LOST, LOST], result: 'outcome_unknown' },
  },
  {
    title: 'after a reset a write is not run, since the earlier run may have done it',
    told: { attempts: [], policy: write, isPastReset: true },
    ...{ runs: [], result: 'outcome_unknown' },
  },
  {
    title: 'after a reset a write with reconcile is asked for',
    told: { attempts: ['done'], policy: { ...write, ifBegun: 'reconcile' }, isPastReset: true },
    ...{ runs: [EARLIER], result: 'done' },
  },
  {
    title: 'after a reset a read runs again',
    told: { attempts: ['done'], isPastReset: true },
    ...{ runs: ['run'], result: 'done' },
  },
  {
    title: 'home is told of a call that the deadline has cancelled',
    told: { attempts: ['cancelled'] },
    ...{ runs: ['run'], result: 'cancelled' },
  },
];

for (const { title, told, runs, result: expected } of losing) {
  test(`calls elsewhere: ${title}`, async () => {
    const { asked, result } = await call(told);
    assert.ok(!(result instanceof Error), 'It has a result');
    assert.deepEqual(asked, [GATE, ...runs, END]);
    assert.equal(result.ok ? 'done' : result.error?.kind, expected);
  });
}

test('calls elsewhere: what home itself has cancelled is not told to it', async () => {
  const { asked, result } = await call({ attempts: ['cancelled'], isCancelledAtHome: true });
  assert.deepEqual(asked, [GATE, 'run']);
  assert.ok(result instanceof ActivityFailure);
});
