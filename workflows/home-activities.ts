import { ActivityCancellationType, CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { HomeActivities, SharedActivities, ToolActivities } from '../activities/index.ts';
import type {
  CallToolInput,
  CloseTurnInput,
  CutTurnInput,
  PassGateInput,
  PostTurn,
  RunToolInput,
  ThinkInput,
  VoiceInput,
} from '../contract/steps.ts';
import { toolQueue } from '../contract/messages.ts';
import { toActivityId } from '../turn/steps.ts';
import type { Place } from './home-step.ts';
import type { Unplaced } from './player-port.ts';

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

// Reporting to the conversation may have to wait until Temporal is back; every attempt reports the same.
const closer = proxyActivities<HomeActivities>({
  scheduleToStartTimeout: '2s',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** How long a call may wait for the speech of its round, beside its own budget. */
const AT_THE_GATE_MS = 5 * 60_000;

/** A step's activity id and queue. */
function at({ home: taskQueue, isEager }: Place, step: string, summary: string) {
  return { ...(!isEager && { taskQueue }), activityId: toActivityId(step), summary };
}

function placed<T extends object>({ home, epoch }: Place, input: T): T & Pick<Place, 'home' | 'epoch'> {
  return { ...input, home, epoch };
}

export function scheduleThink(place: Place, input: Unplaced<ThinkInput>) {
  const summary = input.mustAnswer ? `round ${input.round}, must answer` : `round ${input.round}`;
  return home.think.executeWithOptions(at(place, input.step, summary), [placed(place, input)]);
}

export function scheduleVoice(place: Place, input: Unplaced<VoiceInput>) {
  const options = { ...at(place, input.step, input.kind), startToCloseTimeout: '15m' } as const;
  return home.voice.executeWithOptions(options, [placed(place, input)]);
}

export function scheduleCallTool(place: Place, input: Unplaced<CallToolInput>) {
  const { effect, budgetMs, onFailure } = input.policy;
  const fallbackMs = onFailure?.fallback?.policy.budgetMs ?? 0;
  const options = {
    ...(input.ran
      ? at(place, `ran:${input.step}`, `result of ${input.name}`)
      : at(place, input.step, `${effect} ${input.name}`)),
    startToCloseTimeout: budgetMs + fallbackMs + AT_THE_GATE_MS,
    ...(effect === 'read' && { cancellationType: ActivityCancellationType.TRY_CANCEL }),
  };
  return home.callTool.executeWithOptions(options, [placed(place, input)]);
}

export function schedulePassGate(place: Place, input: Unplaced<PassGateInput>) {
  const options = { ...at(place, `gate:${input.step}`, `gate of ${input.name}`), startToCloseTimeout: AT_THE_GATE_MS };
  return home.passGate.executeWithOptions(options, [placed(place, input)]);
}

/** One attempt: what a worker that was lost may have begun is repeated as the call's policy says. */
const toolWorkers = proxyActivities<ToolActivities>({ startToCloseTimeout: '2m', retry: { maximumAttempts: 1 } });

/** For what the tool's own limits do not end. */
const OVER_BUDGET_MS = 10_000;

/** The tool itself, at a worker of its group. */
export function createScheduleRunTool(agent: string) {
  return (input: RunToolInput) => {
    const { effect, budgetMs, timeoutMs, worker = '' } = input.policy;
    const isRead = effect === 'read';
    const options = {
      activityId: toActivityId(input.step),
      summary: `${effect} ${input.name} at ${worker}`,
      taskQueue: toolQueue(agent, worker),
      scheduleToStartTimeout: budgetMs,
      // It may be asked first whether it happened, for as long as one attempt may take.
      startToCloseTimeout: timeoutMs + budgetMs + OVER_BUDGET_MS,
      // An outage of Temporal that is shorter costs a write nothing; a read is sooner done again.
      heartbeatTimeout: isRead ? '2s' : '5s',
      cancellationType: isRead
        ? ActivityCancellationType.TRY_CANCEL
        : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    } as const;
    return toolWorkers.runTool.executeWithOptions(options, [input]);
  };
}

export function scheduleCutTurn(place: Place, input: Unplaced<CutTurnInput>) {
  return home.cutTurn.executeWithOptions(at(place, input.step, 'the caller spoke'), [placed(place, input)]);
}

export function scheduleCloseTurn(place: Place, input: Unplaced<CloseTurnInput>) {
  return closer.closeTurn.executeWithOptions(at(place, 'close', input.result.outcome), [placed(place, input)]);
}

export const { takeHome } = shared;

// For as long as the turn goes on: a lost process is known by its heartbeat, and another one posts again under the same key.
const poster = proxyActivities<SharedActivities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '5s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '10s' },
});

export function schedulePost(input: PostTurn & Required<Pick<PostTurn, 'key'>>) {
  return poster.postTurn.executeWithOptions({ summary: input.conversationId }, [input]);
}

export async function probe(queue: string): Promise<boolean> {
  const asking = () => prober.probeHome.executeWithOptions({ taskQueue: queue, summary: 'is home alive?' }, []);
  // The answer counts even if the step that asked is cancelled.
  return CancellationScope.nonCancellable(asking).then(
    () => true,
    () => false,
  );
}
