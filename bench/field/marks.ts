// What happened in a turn, and when, as the process in which it happened tells the one that measures.
export type MarkName =
  | 'model.asked'
  | 'model.done'
  | 'model.asked.again'
  | 'tool.started'
  | 'tool.ended'
  | 'tool.aborted'
  /** The first frame of the turn was handed to the listener. */
  | 'audio'
  /** The first one after the tool had ended. */
  | 'answer'
  /** The listener was asked to drop what it has, and gets no more. */
  | 'silent'
  | 'finished'
  /** It ended in another way than was asked for, and nothing more happens in it. */
  | 'failed';

export interface Mark {
  readonly key: string;
  readonly name: MarkName;
  readonly atMs: number;
}

export type Report =
  { readonly url: string } | { readonly marks: readonly Mark[] } | { readonly usage: Usage; readonly id: number };

export interface Usage {
  /** Processor time of all threads, since the start. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Marks go out together, so that telling of them takes no time from what is measured. */
const TELL_EVERY_MS = 5;
let untold: Mark[] = [];

export function mark(key: string, name: MarkName): void {
  if (untold.length === 0) setTimeout(tell, TELL_EVERY_MS);
  untold.push({ key, name, atMs: clockMs() });
}

function tell(): void {
  report({ marks: untold });
  untold = [];
}

const withResult = new Set<string>();

/** The tool of this turn has ended: what is said from now on is the answer. */
export function markToolEnded(key: string): void {
  mark(key, 'tool.ended');
  withResult.add(key);
}

/** A frame of the turn was handed to the listener; what counts is the turn's first one, and the answer's. */
export function markFrame(key: string, isFirst: boolean): void {
  if (isFirst) mark(key, 'audio');
  if (withResult.delete(key)) mark(key, 'answer');
}

/** Says where this process serves, answers questions about what it uses, and ends with the process that forked it. */
export function reportServing(url: string, stop: () => Promise<void>): void {
  process.on('message', (id: number) => {
    const { user, system } = process.cpuUsage();
    report({ usage: { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage.rss() }, id });
  });
  process.once('disconnect', () => void stop().finally(() => process.exit()));
  report({ url });
}

function report(told: Report): void {
  if (process.connected) process.send?.(told);
}

/** Milliseconds on the clock that all processes of this machine share, so that times taken in two of them can be compared. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}
