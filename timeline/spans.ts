import type { ServedEvent, Turn } from '../contract/http.ts';

/** Something that took time in a turn. In ms since the turn's start. */
export interface Span {
  readonly label: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** One character, drawn as long as it took. */
  readonly mark: string;
  /** How long it waited at its gate first. */
  readonly gateMs?: number;
  /** When its result became visible. */
  readonly revealedMs?: number;
  /** How long after its start the record reached it. */
  readonly leadMs?: number;
}

const BAR_COLUMNS = 48;
const GATE = '·';
const REVEAL = '◆';
/** Explains the bars to the reader. */
export const LEGEND =
  '▒ model  ░ voice step  █ speech heard  ▓ tool  · at its gate  × cut  ◆ result revealed  log +n: the record reached it n ms later';
const MARKS = { think: '▒', voice: '░', tool: '▓', cut: '×', speech: '█' } as const;

/** The steps of a turn as they were done, or else as its workflow recorded them, and each speech as long as it was heard. */
export function toSpans({ steps }: Pick<Turn, 'steps'>, events: readonly ServedEvent[]): Span[] {
  const worked = steps.map(({ id, kind, startedAtMs = 0, durationMs = 0 }): Span => {
    const done = { startMs: startedAtMs, durationMs, ...toWork(id, events) };
    return { label: id, mark: MARKS[kind], ...done, ...(kind === 'tool' && toMoments(id, done.startMs, events)) };
  });
  return [...worked, ...toSpeeches(events)].sort((a, b) => a.startMs - b.startMs);
}

/** The times of a step that ran ahead, from its events at home. */
function toWork(
  step: string,
  events: readonly ServedEvent[],
): Partial<Pick<Span, 'startMs' | 'durationMs' | 'leadMs'>> {
  const begun = events.find((event) => event.type === 'step.started' && event.step === step);
  const ended = events.find((event) => event.type === 'step.finished' && event.step === step);
  const recorded = events.find((event) => event.type === 'step.recorded' && event.step === step);
  if (!begun || ended?.type !== 'step.finished' || recorded?.type !== 'step.recorded') return {};
  return { ...{ startMs: begun.atMs, durationMs: ended.durationMs }, leadMs: recorded.leadMs };
}

/** A shorter wait is not a gate but the step's way to its process. */
const SHORTEST_GATE_MS = 50;

/** How long a call waited at its gate, and when its result was revealed. */
function toMoments(call: string, startMs: number, events: readonly ServedEvent[]): Partial<Span> {
  const begun = events.find((event) => event.type === 'tool.started' && event.call === call)?.atMs ?? startMs;
  const revealedMs = events.find((event) => event.type === 'tool.finished' && event.call === call)?.atMs;
  const gateMs = begun - startMs > SHORTEST_GATE_MS ? begun - startMs : 0;
  return { gateMs, ...(revealedMs !== undefined && { revealedMs }) };
}

function toSpeeches(events: readonly ServedEvent[]): Span[] {
  const begun = new Map(events.flatMap((event) => (event.type === 'speech.started' ? [[event.speech, event]] : [])));
  return events.flatMap((event) => {
    if (event.type !== 'speech.finished' && event.type !== 'speech.cut') return [];
    const { speech, kind } = event;
    const durationMs = event.type === 'speech.cut' ? event.heardMs : event.durationMs;
    const startMs = begun.get(speech)?.atMs ?? event.atMs;
    return [{ label: `${kind} (${speech})`, startMs, durationMs, mark: MARKS.speech }];
  });
}

/** One aligned row per span: name, start, duration and a bar on a scale that all rows share. */
export function drawTimeline(spans: readonly Span[]): string[] {
  const endMs = Math.max(1, ...spans.map(({ startMs, durationMs }) => startMs + durationMs));
  const labelColumns = Math.max(0, ...spans.map(({ label }) => label.length));
  const toColumn = (ms: number): number => Math.round((ms / endMs) * BAR_COLUMNS);
  return spans.map(({ label, startMs, durationMs, mark, gateMs = 0, revealedMs, leadMs }) => {
    const from = Math.min(toColumn(startMs), BAR_COLUMNS - 1);
    const gate = GATE.repeat(toColumn(startMs + gateMs) - toColumn(startMs));
    const bar = gate + mark.repeat(Math.max(1, toColumn(startMs + durationMs) - from - gate.length));
    const times = `${label.padEnd(labelColumns)}  at ${inMs(startMs)}  for ${inMs(durationMs)}`;
    const row = withReveal(' '.repeat(from) + bar, revealedMs && toColumn(revealedMs));
    return `${times}  ${leadMs === undefined ? row : `${row.padEnd(BAR_COLUMNS + 1)} log +${leadMs}`}`;
  });
}

function withReveal(row: string, column: number | undefined): string {
  if (column === undefined) return row;
  const at = Math.min(column, BAR_COLUMNS);
  return row.padEnd(at).slice(0, at) + REVEAL + row.slice(at + 1);
}

function inMs(ms: number): string {
  return `${String(Math.round(ms)).padStart(5)} ms`;
}
