import type { CallToolResult } from '../../contract/steps.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { HistoryEvent } from './followed-history.ts';
import type { ToolRun } from './served-agent.ts';

/** A turn that has ended, in whatever processes. */
export interface EndedTurn {
  readonly id: string;
  readonly result: Pick<TurnResult, 'items'>;
  readonly events: readonly HistoryEvent[];
  /** All runs of tools, of this turn and others. */
  readonly runs: readonly ToolRun[];
}

/** Results of calls that the record had and the transcript has not, and writes that ran twice or that the transcript denies. */
export function faultsOf(turn: EndedTurn): readonly string[] {
  return [...lostResults(turn), ...writesRunTwice(turn), ...writesDenied(turn)];
}

function lostResults({ result, events }: EndedTurn): readonly string[] {
  return completedCalls(events).flatMap(({ step, completed }) => {
    const item = resultOf(result, step);
    const isThere = item?.ok === true && JSON.stringify(item.result) === JSON.stringify(completed.result);
    return isThere
      ? []
      : [`the result of '${step}' is in the history; the transcript has ${item?.error?.kind ?? 'another'}`];
  });
}

function writesRunTwice(turn: EndedTurn): readonly string[] {
  const steps = writesOf(turn);
  return [...new Set(steps)].flatMap((step) => {
    const { length } = steps.filter((other) => other === step);
    return length > 1 ? [`the write '${step}' ran ${length} times`] : [];
  });
}

/** A write that has begun has a result or an unknown outcome. */
function writesDenied(turn: EndedTurn): readonly string[] {
  return writesOf(turn).flatMap((step) => {
    const item = resultOf(turn.result, step);
    const isAdmitted = item?.ok === true || item?.error?.kind === 'outcome_unknown';
    return isAdmitted ? [] : [`the write '${step}' ran; the transcript has ${item?.error?.kind ?? 'no call'}`];
  });
}

/** Steps whose write has begun, once for each run. */
function writesOf({ id, runs }: EndedTurn): readonly string[] {
  const prefix = `${id}/`;
  return runs.flatMap(({ tool, key }) => (tool === 'book' && key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
}

function resultOf({ items }: EndedTurn['result'], step: string) {
  return items.find((item) => item.type === 'result' && item.call === step) as
    Extract<TurnResult['items'][number], { type: 'result' }> | undefined;
}

interface CompletedCall {
  readonly step: string;
  readonly completed: CallToolResult;
}

/** Calls that went well by the history. One that ended in a later task than the deadline came too late. */
function completedCalls(events: readonly HistoryEvent[]): readonly CompletedCall[] {
  const steps = new Map<string, string>();
  const calls: CompletedCall[] = [];
  let hasFired = false;
  for (const event of events) {
    if (event.timerFiredEventAttributes) hasFired = true;
    if (event.workflowTaskCompletedEventAttributes && hasFired) break;
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) steps.set(String(event.eventId), decode<{ step?: string }>(scheduled.input).step ?? '');
    const ended = event.activityTaskCompletedEventAttributes;
    const step = ended ? (steps.get(String(ended.scheduledEventId)) ?? '') : '';
    if (!step.startsWith('tool:')) continue;
    const completed = decode<CallToolResult>(ended?.result);
    if (completed.ok) calls.push({ step, completed });
  }
  return calls;
}

type Payloads = NonNullable<HistoryEvent['activityTaskCompletedEventAttributes']>['result'];

function decode<T>(payloads: Payloads): T {
  const data = payloads?.payloads?.[0]?.data ?? new Uint8Array();
  return JSON.parse(data.length > 0 ? new TextDecoder().decode(data) : '{}') as T;
}
