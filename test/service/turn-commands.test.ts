import assert from 'node:assert/strict';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { test } from 'node:test';
import type { HomeCommands } from '../../live/turns/home-commands.ts';
import { Refusal } from '../../service/refusal.ts';
import { TurnCommands } from '../../service/turn-commands.ts';

const INTERRUPTED = { interrupted: true, heardText: 'Yes, of', recorded: true };

/** A home in another process: it has the turn `far`, whose only speech is `1-1`. */
const distant: HomeCommands = {
  interrupt: async (turnId, { speech = '1-1' }) => {
    await turnOfLoop();
    if (turnId !== 'far') return 'elsewhere';
    return speech === '1-1' ? INTERRUPTED : 'unknown_speech';
  },
  report: async (turnId, { speech, positionMs }) => {
    await turnOfLoop();
    if (turnId !== 'far') return 'elsewhere';
    return speech === '1-1' ? { speech, heardMs: positionMs } : 'unknown_speech';
  },
};

const nobodyAsks = () => Promise.reject(new Error('What home answers is not asked of the record'));
const commands = new TurnCommands({
  commands: distant,
  turnRecords: {
    read: nobodyAsks,
    state: nobodyAsks,
    progress: nobodyAsks,
    interrupts: { mayTake: () => true, send: nobodyAsks },
  },
});

const isRefused = (kind: string) => (error: unknown) => error instanceof Refusal && error.reason.kind === kind;

test('commands: what a home in another process answers is the answer, and the record is not asked', async () => {
  const played = { speech: '1-1', positionMs: 40, state: 'playing' } as const;
  assert.deepEqual(await commands.interrupt('far', { id: 'stop' }), INTERRUPTED);
  assert.deepEqual(await commands.report('far', played), { speech: '1-1', heardMs: 40 });
});

test('commands: a speech that a home in another process does not know is refused', async () => {
  const played = { speech: '9-1', positionMs: 40, state: 'playing' } as const;
  await assert.rejects(commands.interrupt('far', { id: 'stop', speech: '9-1' }), isRefused('unknown_speech'));
  await assert.rejects(commands.report('far', played), isRefused('unknown_speech'));
});
