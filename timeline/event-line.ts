import type { ServedEvent } from '../contract/http.ts';

const SHOWN_CHARACTERS = 160;
/** Of a speech that was cut before its first word. */
export const NOTHING_HEARD = '(nothing)';

/** One event as a line of `legato say`: time, who, what. Undefined for events that a reader does not need. */
export function toEventLine(event: ServedEvent): string | undefined {
  const described = describeSpeech(event) ?? describeWork(event);
  if (!described) return undefined;
  const [who, what] = described;
  return `${String(Math.round(event.atMs)).padStart(6)} ms  ${who.padEnd(8)}  ${what}`;
}

type Description = readonly [who: string, what: string] | undefined;

/** What caller and agent do. */
function describeSpeech(event: ServedEvent): Description {
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

/** What tools and steps do, and how the turn ends. */
function describeWork(event: ServedEvent): Description {
  switch (event.type) {
    case 'tool.started':
      return ['tool', `${event.name} ${shorten(event.arguments)}${attemptOf(event)}`];
    case 'tool.progress':
      return ['tool', `${event.name}: ${event.note}`];
    case 'tool.finished':
      return ['tool', describeTool(event)];
    case 'step.finished':
      return event.ok ? undefined : ['failed', describeFailure(event)];
    case 'turn.finished':
      return ['turn', event.degraded ? `${event.outcome} (some speech went out as text)` : event.outcome];
    default:
      return undefined;
  }
}

function attemptOf({ attempt }: Extract<ServedEvent, { type: 'tool.started' }>): string {
  return attempt > 1 ? ` (attempt ${attempt})` : '';
}

function describeFailure({ step, error }: Extract<ServedEvent, { type: 'step.finished' }>): string {
  return `${step}: ${error?.message ?? 'no reason given'}`;
}

function describeTool(event: Extract<ServedEvent, { type: 'tool.finished' }>): string {
  const { name, ok, result, error, durationMs } = event;
  const outcome = ok ? shorten(result) : `${error?.kind ?? 'failed'}: ${error?.message ?? ''}`;
  return `${name} → ${outcome} (${Math.round(durationMs)} ms)`;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
