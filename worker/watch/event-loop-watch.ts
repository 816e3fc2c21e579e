import type { Author, AuthorCode } from '../../live/calls/author-code.ts';
import { processClock, type Clock } from '../../time/clock.ts';

/** The event loop was blocked long enough for others to notice. */
export interface Hold {
  readonly ms: number;
  /** The tool whose code blocked it, or the tools whose code may have. Empty if no tool was running. */
  readonly by: readonly Author[];
  /** For the operator: what happened, and what to do about it. */
  readonly message: string;
}

export interface EventLoopWatchSetting {
  readonly authors: AuthorCode;
  readonly clock?: Clock;
  readonly onHold: (hold: Hold) => void;
}

const TICK_MS = 100;
/** A caller hears a gap of less than this. */
const HELD_MS = 250;
/** A busy machine stalls too: if it is not certain that a tool was the cause, only longer holds are reported. */
const MAYBE_HELD_MS = 500;
const HELD_BY_NOBODY_MS = 1_000;

/**
 * Notices when the event loop is blocked, which stops every turn of the process, and names the tool.
 *
 * 1. An author's code is timed until it returns; such a hold is certainly that tool's.
 * 2. Any other hold makes a timer late; one of the tools that were running may have caused it.
 */
export class EventLoopWatch implements Disposable {
  readonly #setting: EventLoopWatchSetting;
  readonly #clock: Clock;
  #dueMs = Infinity;
  /** How much of the time since the last tick known holds explain. */
  #knownMs = 0;
  #last: { readonly hold: Hold; readonly endedMs: number } | undefined;
  #stop: () => void = () => undefined;

  constructor(setting: EventLoopWatchSetting) {
    this.#setting = setting;
    this.#clock = setting.clock ?? processClock;
  }

  /** Starts watching. Before a process takes turns, blocking its loop delays nobody. */
  start(): void {
    this.#setting.authors.watch((author, ms) => this.#ended(author, ms));
    this.#wait();
  }

  /** The last hold, if it ended within the last `ms`. */
  heldWithin(ms: number): Hold | undefined {
    this.#look();
    return this.#last && this.#clock.nowMs() - this.#last.endedMs <= ms ? this.#last.hold : undefined;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #wait(): void {
    this.#dueMs = this.#clock.nowMs() + TICK_MS;
    this.#knownMs = 0;
    this.#stop = this.#clock.after(TICK_MS, () => {
      this.#look();
      this.#setting.authors.takeRan();
      this.#wait();
    });
  }

  #ended(author: Author, ms: number): void {
    if (ms < HELD_MS) return;
    this.#knownMs += ms;
    this.#note({ ms, by: [author], message: toSureMessage(author, ms) });
  }

  #look(): void {
    const ms = this.#clock.nowMs() - this.#dueMs - this.#knownMs;
    if (ms < MAYBE_HELD_MS) return;
    const by = oneOfEach(this.#setting.authors.takeRan());
    this.#knownMs += ms;
    if (by.length > 0 || ms >= HELD_BY_NOBODY_MS) this.#note({ ms, by, message: toMessage(by, ms) });
  }

  #note(hold: Hold): void {
    this.#last = { hold, endedMs: this.#clock.nowMs() };
    this.#setting.onHold(hold);
  }
}

function oneOfEach(authors: readonly Author[]): readonly Author[] {
  return authors.filter(({ tool }, index) => authors.findIndex((other) => other.tool === tool) === index);
}

function toSureMessage(author: Author, ms: number): string {
  const held = `held the event loop for ${toText(ms)} ms`;
  if (author.call !== undefined) return `${nameOf(author)} ${held}; give it \`thread: true\``;
  return `${nameOf(author)} ${held} with what checks its arguments; that has to be quick`;
}

function toMessage(by: readonly Author[], ms: number): string {
  const held = `the event loop was held for ${toText(ms)} ms`;
  const [first, ...others] = by;
  if (!first) return `No tool was running while ${held}; the machine is too busy, or was suspended`;
  if (others.length === 0) return `${nameOf(first)} was running while ${held}; if it blocks, give it \`thread: true\``;
  const names = by.map(({ tool }) => `'${tool}'`).join(', ');
  return `One of the tools ${names} may be why ${held}; give the one that blocks \`thread: true\``;
}

/** The author's code as the subject of a sentence. */
export function nameOf({ tool }: Author): string {
  return tool === undefined ? "The agent's module" : `Tool '${tool}'`;
}

function toText(ms: number): string {
  return new Intl.NumberFormat('en').format(Math.round(ms));
}
