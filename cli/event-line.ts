import type { ServedEvent } from '../client/index.ts';

const SHOWN_CHARACTERS = 160;
/** Of a speech that was cut before its first word. */
export const NOTHING_HEARD = '(nothing)';

/** One event as a line of `legato say`: time, who, what. Undefined for those that say nothing new to a reader. */
export function toEventLine(event: ServedEvent): string | undefined {
  const told = tellSpoken(event) ?? tellWork(event);
  return told && `${String(Math.round(event.atMs)).padStart(6)} ms  ${told[0].padEnd(8)}  ${told[1]}`;
}

type Told = readonly [who: string, what: string] | undefined;

/** What the two who speak do. */
function tellSpoken(event: ServedEvent): Told {
  switch (event.type) {
    case 'turn.started':
      return event.input && ['caller', event.input.text];
    case 'speech.sentence':
      return ['agent', event.text];
    case 'speech.cut':
      return ['agent', `is cut; heard: ${event.heardText || NOTHING_HEARD}`];
    case 'turn.interrupted':
      return ['caller', 'interrupts'];
    default:
      return undefined;
  }
}

/** What happens meanwhile, and how the turn ends. */
function tellWork(event: ServedEvent): Told {
  switch (event.type) {
    case 'tool.started':
      return ['tool', `${event.name} ${shorten(event.arguments)}`];
    case 'tool.progress':
      return ['tool', `${event.name}: ${event.note}`];
    case 'tool.finished':
      return ['tool', tellTool(event)];
    case 'step.finished':
      return event.ok ? undefined : ['failed', tellFailure(event)];
    case 'turn.finished':
      return ['turn', event.degraded ? `${event.outcome} (some speech went out as text)` : event.outcome];
    default:
      return undefined;
  }
}

function tellFailure({ step, error }: Extract<ServedEvent, { type: 'step.finished' }>): string {
  return `${step}: ${error?.message ?? 'no reason given'}`;
}

function tellTool(event: Extract<ServedEvent, { type: 'tool.finished' }>): string {
  const { name, ok, result, error, durationMs } = event;
  const outcome = ok ? shorten(result) : `${error?.kind ?? 'failed'}: ${error?.message ?? ''}`;
  return `${name} → ${outcome} (${Math.round(durationMs)} ms)`;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
