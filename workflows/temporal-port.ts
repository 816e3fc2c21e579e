import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import {
  createScheduleRunTool,
  scheduleCallTool,
  scheduleCutTurn,
  schedulePassGate,
  scheduleThink,
  scheduleVoice,
} from './home-activities.ts';
import type { PlayerPort } from './player-port.ts';

/** The player's engine is Temporal. Everything it begins belongs to the scope that calls this. */
export function createTemporalPort(agent: string): PlayerPort {
  const parent = CancellationScope.current();
  return {
    nowMs: () => Date.now(),
    begin: (run) => {
      const scope = new CancellationScope({ cancellable: true, parent });
      return { ended: scope.run(run), cancel: () => scope.cancel() };
    },
    after: (ms, summary, callback) => {
      const scope = new CancellationScope({ cancellable: true, parent });
      const passed = scope.run(async () => {
        let fired = false;
        // A condition is evaluated after all completions of the activation have taken effect, however many awaits that
        // takes. The timer may come before them in history, so a callback on the timer itself would run too early.
        void sleep(ms, { summary }).then(() => (fired = true), ifNotCancelled);
        await condition(() => fired);
      });
      void passed.then(callback, ifNotCancelled);
      return () => scope.cancel();
    },
    think: scheduleThink,
    voice: scheduleVoice,
    callTool: scheduleCallTool,
    passGate: schedulePassGate,
    runTool: createScheduleRunTool(agent),
    cutTurn: scheduleCutTurn,
  };
}

/** A cancelled call needs no answer. */
function ifNotCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
