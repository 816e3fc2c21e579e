import type { Logger } from 'pino';
import type { ServingProcess } from '../../record/serving-processes.ts';

const LOOK_MS = 30_000;
/** A live process asks for work every minute: in so many looks it does. */
const MOST_SILENT_LOOKS = 4;
/** One that is being replaced asks for work while it hands over: for 32 s after it was told to stop. */
const LEAST_LOOKS = 3;

export interface OtherProcessesSetting {
  readonly ask: () => Promise<readonly Pick<ServingProcess, 'identity' | 'askedAtMs'>[]>;
  /** Of this process. */
  readonly identity: string;
  readonly agent: string;
  readonly logger: Pick<Logger, 'warn'>;
}

interface Seen {
  readonly askedAtMs: number;
  readonly looks: number;
  readonly silentLooks: number;
  readonly isAlive: boolean;
}

/**
 * Looks now and then whether another process serves the same agent. One counts as alive when it still asks Temporal for work a minute
 * after it was first seen: a process that has ended is named there for minutes, one that this process replaces asks while it stops, and
 * clocks may differ.
 */
export class OtherProcesses implements Disposable {
  readonly #setting: OtherProcessesSetting;
  readonly #seen = new Map<string, Seen>();
  readonly #looking: NodeJS.Timeout;
  #isTold = false;

  constructor(setting: OtherProcessesSetting) {
    this.#setting = setting;
    this.#looking = setInterval(() => void this.look(), LOOK_MS).unref();
    void this.look();
  }

  /** Of other processes, those that are alive. */
  get alive(): readonly string[] {
    return [...this.#seen].filter(([, { isAlive }]) => isAlive).map(([identity]) => identity);
  }

  async look(): Promise<void> {
    // Temporal is away, or does not tell this client: it is asked again.
    const serving = await this.#setting.ask().catch(() => []);
    const others = serving.filter(({ identity }) => identity !== this.#setting.identity);
    const asked = new Map(others.map(({ identity, askedAtMs }) => [identity, askedAtMs]));
    for (const identity of new Set([...asked.keys(), ...this.#seen.keys()]))
      this.#see(identity, asked.get(identity) ?? 0);
    const [other] = this.alive;
    if (other === undefined || this.#isTold) return;
    this.#isTold = true;
    this.#setting.logger.warn({ other }, missingRedis(this.#setting.agent));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
  }

  #see(identity: string, askedAtMs: number): void {
    const first: Seen = { askedAtMs, looks: -1, silentLooks: 0, isAlive: false };
    const before = this.#seen.get(identity) ?? first;
    const hasAsked = askedAtMs > before.askedAtMs;
    const looks = before.looks + 1;
    const silentLooks = hasAsked ? 0 : before.silentLooks + 1;
    this.#seen.set(identity, {
      ...{ looks, silentLooks, askedAtMs: Math.max(askedAtMs, before.askedAtMs) },
      isAlive: (hasAsked && looks >= LEAST_LOOKS) || (before.isAlive && silentLooks < MOST_SILENT_LOOKS),
    });
  }
}

export function missingRedis(agent: string): string {
  return (
    `Another process serves agent '${agent}' too, and REDIS_URL is not set: readers, interrupts and reports of playout that ` +
    "reach another process than their turn's are served by the record alone. Set REDIS_URL to one Redis in all of them"
  );
}
