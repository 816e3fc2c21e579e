import { AsyncLocalStorage } from 'node:async_hooks';
import { ApplicationFailure } from '@temporalio/common';
import { failureOptions } from '../../contract/failures.ts';
import { callContent, isLeftToRecord } from '../../live/calls/call-step.ts';
import { runForHome } from '../../live/calls/run-for-home.ts';
import { voiceContent } from '../../live/speech/voice-queue.ts';
import { ThinkFailed } from '../../live/thinking/think-aloud.ts';
import { thinkContent } from '../../live/thinking/think-step.ts';
import {
  callForRecord,
  isUnforeseen,
  passGateForRecord,
  thinkAtHome,
  voiceForRecord,
  type AskedStep,
  type StepDependencies,
} from '../../live/turns/home-steps.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { Clock } from '../../time/clock.ts';
import type { PlayerPort } from '../../workflows/player-port.ts';
import type { TurnPlayer } from '../../workflows/turn-player.ts';

export interface Engine {
  readonly turn: LiveTurn;
  readonly steps: StepDependencies;
  readonly clock: Clock;
  /** The player that this is the engine of. */
  readonly player: () => TurnPlayer;
}

/** Of the step that is being begun: aborted when the player cancels it. */
const cancelled = new AsyncLocalStorage<AbortSignal>();

/**
 * The engine of the durable player, in memory: each step is done at once, in the way of the activities that do it where
 * Temporal is the engine. It joins what the live player has begun; a write begins here (I1).
 */
export function createMemoryEngine(engine: Engine): PlayerPort {
  const { turn, steps, clock } = engine;
  const at = <T>(step: AskedStep, run: () => Promise<T>): Promise<T> => {
    if (isUnforeseen(turn, step)) turn.halt(engine.player().record);
    const work = run();
    turn.claimable.record(step.step);
    const cancel = (): void => turn.claimable.cancel(step.step);
    cancelled.getStore()?.addEventListener('abort', cancel, { once: true });
    return work;
  };
  return {
    nowMs: clock.nowMs,
    begin: (run) => {
      const scope = new AbortController();
      return { ended: cancelled.run(scope.signal, run), cancel: () => scope.abort() };
    },
    after: (ms, _, callback) => clock.after(ms, callback),
    think: (_, input) =>
      at({ step: input.step, content: thinkContent(input) }, () => thinkAtHome(turn, input, steps).catch(toFailure)),
    voice: (_, input) => at({ step: input.step, content: voiceContent(input) }, () => voiceForRecord(turn, input)),
    callTool: (_, input) => {
      const asked = { step: input.step, content: callContent(input), isLeftToRecord: isLeftToRecord(input.policy) };
      return at(asked, () => callForRecord(turn, input, steps));
    },
    passGate: (_, input) =>
      at({ step: input.step, content: callContent(input), isLeftToRecord: true }, () =>
        passGateForRecord(turn, input, steps),
      ),
    // No worker but the test's own process.
    runTool: ({ start: _, ...input }) =>
      runForHome(input, { ...steps, turn, publish: () => undefined, signal: signalOf() }),
    cutTurn: (_, input) => Promise.resolve(turn.interrupt(input).bargeIn ?? turn.bargeIn),
  };
}

/** Of the step that is being begun. */
function signalOf(): AbortSignal {
  return cancelled.getStore() ?? new AbortController().signal;
}

function toFailure(error: unknown): never {
  if (!(error instanceof ThinkFailed)) throw error;
  throw ApplicationFailure.create(failureOptions('Model.Failed', error.message, [error.thought]));
}
