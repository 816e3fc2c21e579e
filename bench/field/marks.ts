// What happened in a turn, and when. The process where it happened reports it to the process that measures.
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
  /** The listener was asked to discard what it has, and gets no more. */
  | 'silent'
  | 'finished'
  /** It did not end as the script says, and nothing more happens in it. */
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

/** Marks are sent together, so that sending takes no time from what is measured. */
const SEND_EVERY_MS = 5;
let unsent: Mark[] = [];

export function mark(key: string, name: MarkName): void {
  if (unsent.length === 0) setTimeout(sendMarks, SEND_EVERY_MS);
  unsent.push({ key, name, atMs: clockMs() });
}

function sendMarks(): void {
  send({ marks: unsent });
  unsent = [];
}

const withResult = new Set<string>();

/** The tool of this turn has ended: the next frame is the answer's. */
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
    send({ usage: { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage.rss() }, id });
  });
  process.once('disconnect', () => void stop().finally(() => process.exit()));
  send({ url });
}

function send(report: Report): void {
  if (process.connected) process.send?.(report);
}

/** Milliseconds on the clock that all processes of this machine share, so that times taken in two of them can be compared. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}
