import { styleText } from 'node:util';
import type { ServedEvent } from '../contract/http.ts';
import { toEventLine } from '../timeline/event-line.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * An event as a line, in colour on a terminal: `styleText` leaves colours out where the output is none, and as NO_COLOR and
 * FORCE_COLOR say. Undefined for events that a reader does not need.
 */
export function toStyledLine(event: ServedEvent): string | undefined {
  const line = toEventLine(event);
  return line === undefined ? undefined : styleText(styleOf(event), line);
}

function styleOf(event: ServedEvent): Style {
  if (event.type === 'tool.finished') return event.ok ? 'yellow' : 'red';
  if (event.type === 'step.finished') return 'red';
  if (event.type.startsWith('tool.')) return 'yellow';
  if (event.type === 'speech.cut' || event.type === 'turn.interrupted') return 'magenta';
  if (event.type.startsWith('speech.')) return 'cyan';
  if (event.type === 'turn.finished') return event.outcome === 'failed' ? 'red' : 'green';
  return event.type === 'turn.started' ? 'bold' : 'green';
}
