import { ActivityCancellationType, CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { HomeActivities, SharedActivities } from '../activities/index.ts';
import type { CallToolInput, CloseTurnInput, CutTurnInput, ThinkInput, VoiceInput } from '../contract/steps.ts';

// One attempt each: a retry would go back to the queue of a process that is lost. The workflow's fallback is the retry.
const home = proxyActivities<HomeActivities>({
  scheduleToStartTimeout: '2s',
  heartbeatTimeout: '2s',
  startToCloseTimeout: '2m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 1 },
});

const shared = proxyActivities<SharedActivities>({ startToCloseTimeout: '10s' });

const prober = proxyActivities<HomeActivities>({
  scheduleToStartTimeout: '500ms',
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

// Telling the conversation may have to wait for Temporal to come back; every attempt tells the same.
const closer = proxyActivities<HomeActivities>({
  scheduleToStartTimeout: '2s',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** How long a call may wait for the speech of its round, beside its own budget. */
const AT_THE_GATE_MS = 5 * 60_000;

/** A step's activity id and queue. The id is readable, for the command line and Temporal UI. */
function at(queue: string, step: string, summary: string) {
  return { taskQueue: queue, activityId: step.replaceAll(':', '-'), summary };
}

export function scheduleThink(queue: string, input: ThinkInput) {
  const summary = input.mustAnswer ? `round ${input.round}, must answer` : `round ${input.round}`;
  return home.think.executeWithOptions(at(queue, input.step, summary), [input]);
}

export function scheduleVoice(queue: string, input: VoiceInput) {
  const options = { ...at(queue, input.step, input.kind), startToCloseTimeout: '15m' } as const;
  return home.voice.executeWithOptions(options, [input]);
}

export function scheduleCallTool(queue: string, input: CallToolInput) {
  const { effect, budgetMs, onFailure } = input.policy;
  const fallbackMs = onFailure?.fallback?.policy.budgetMs ?? 0;
  const options = {
    ...at(queue, input.step, `${effect} ${input.name}`),
    startToCloseTimeout: budgetMs + fallbackMs + AT_THE_GATE_MS,
    ...(effect === 'read' && { cancellationType: ActivityCancellationType.TRY_CANCEL }),
  };
  return home.callTool.executeWithOptions(options, [input]);
}

export function scheduleCutTurn(queue: string, input: CutTurnInput) {
  return home.cutTurn.executeWithOptions(at(queue, input.step, 'the caller spoke'), [input]);
}

export function scheduleCloseTurn(queue: string, input: CloseTurnInput) {
  return closer.closeTurn.executeWithOptions(at(queue, 'close', input.result.outcome), [input]);
}

export const { takeHome } = shared;

export async function probe(queue: string): Promise<boolean> {
  const asking = () => prober.probeHome.executeWithOptions({ taskQueue: queue, summary: 'is home alive?' }, []);
  // Whatever becomes of the step that asks, the answer must be true.
  return CancellationScope.nonCancellable(asking).then(
    () => true,
    () => false,
  );
}
