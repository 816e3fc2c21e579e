import type { StepRecord } from '../contract/turn.ts';
import type { StreamEvent } from '../stream/turn-stream.ts';
import type { TurnEvent } from '../contract/events.ts';
import { toEventLine } from '../timeline/event-line.ts';
import { drawTimeline, LEGEND, toSpans } from '../timeline/spans.ts';

export interface ShownTurn {
  readonly said: string | undefined;
  readonly events: readonly (TurnEvent | StreamEvent)[];
  readonly steps: readonly StepRecord[];
}

/** What happened in a turn, line by line, and its steps as bars. */
export function showTurn({ said, events, steps }: ShownTurn): string {
  const shown = events.flatMap((event): TurnEvent[] => (event.type === 'speech.audio' ? [] : [event]));
  const lines = shown.flatMap((event) => toEventLine(event) ?? []);
  const bars = drawTimeline(toSpans({ steps: [...steps] }, shown));
  const heading = said === undefined ? 'The turn that greets:' : `The turn after '${said}':`;
  return [heading, ...[...lines, '', ...bars, LEGEND].map((line) => `  ${line}`.trimEnd())].join('\n');
}
