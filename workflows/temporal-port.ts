import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { scheduleCallTool, scheduleCutTurn, scheduleThink, scheduleVoice } from './home-activities.ts';
import type { PlayerPort } from './player-port.ts';

/** The player's engine is Temporal. What it begins belongs to the scope in which this is called. */
export function createTemporalPort(): PlayerPort {
  const parent = CancellationScope.current();
  return {
    nowMs: () => Date.now(),
    begin: (run) => {
      const scope = new CancellationScope({ cancellable: true, parent });
      return { ended: scope.run(run), cancel: () => scope.cancel() };
    },
    after: (ms, summary, callback) => {
      const scope = new CancellationScope();
      const waited = scope.run(() => sleep(ms, { summary }));
      void waited.then(callback, (error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
      return () => scope.cancel();
    },
    think: scheduleThink,
    voice: scheduleVoice,
    callTool: scheduleCallTool,
    cutTurn: scheduleCutTurn,
  };
}
