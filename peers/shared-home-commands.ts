import { randomUUID } from 'node:crypto';
import type { AskedInterrupt } from '../contract/barge-in.ts';
import type { ReportPlayout } from '../contract/http.ts';
import type { HomeCommands } from '../live/turns/home-commands.ts';
import { within } from '../time/silence.ts';
import type { Keys } from './keys.ts';
import { type RedisLink, Script } from './redis/redis-link.ts';

/** How long a home is waited for that does not say that it has the command. */
const TAKEN_MS = 300;
/** Then its answer is waited for: home waits 2 s for the record. */
const ANSWER_MS = 2_500;

/** Asks the process that Redis has as the turn's home. Answers how many were reached: one or none. */
const ASK = new Script(`
local home = redis.call('HGET', KEYS[1], 'home')
if not home or home == ARGV[2] then return 0 end
return redis.call('PUBLISH', ARGV[1] .. home, ARGV[3])
`);

type Command =
  | { readonly command: 'interrupt'; readonly asked: AskedInterrupt }
  | { readonly command: 'report'; readonly asked: ReportPlayout };

type Message =
  | ({ readonly type: 'ask'; readonly id: string; readonly from: string; readonly turnId: string } & Command)
  | { readonly type: 'taken'; readonly id: string }
  | { readonly type: 'answer'; readonly id: string; readonly answer: unknown };

interface Waiting {
  readonly taken: () => void;
  readonly answered: (answer: unknown) => void;
}

export interface SharedHomeCommandsSetting {
  /** Of this process. */
  readonly here: HomeCommands;
  readonly link: RedisLink;
  readonly keys: Keys;
  /** The name of this process. */
  readonly home: string;
}

/**
 * Commands to the homes of turns, in this process or, over Redis, in others. A home says at once that it has a command, and answers
 * when it has carried it out. Where it does not say so within 300 ms, or Redis is away, the turn is `elsewhere`.
 */
export class SharedHomeCommands implements HomeCommands, Disposable {
  readonly #setting: SharedHomeCommandsSetting;
  readonly #waiting = new Map<string, Waiting>();

  constructor(setting: SharedHomeCommandsSetting) {
    this.#setting = setting;
    const { link, keys, home } = setting;
    void link.listen(keys.home(home), this.#hear);
  }

  async interrupt(turnId: string, asked: AskedInterrupt): ReturnType<HomeCommands['interrupt']> {
    const answer = await this.#setting.here.interrupt(turnId, asked);
    if (answer !== 'elsewhere') return answer;
    return this.#ask(turnId, { command: 'interrupt', asked });
  }

  async report(turnId: string, played: ReportPlayout): ReturnType<HomeCommands['report']> {
    const answer = await this.#setting.here.report(turnId, played);
    if (answer !== 'elsewhere') return answer;
    return this.#ask(turnId, { command: 'report', asked: played });
  }

  [Symbol.dispose](): void {
    const { link, keys, home } = this.#setting;
    link.ignore(keys.home(home), this.#hear);
  }

  async #ask<Answer>(turnId: string, command: Command): Promise<Answer | 'elsewhere'> {
    const { link, keys, home } = this.#setting;
    const id = randomUUID();
    const taken = Promise.withResolvers<true>();
    const answered = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { taken: () => taken.resolve(true), answered: answered.resolve });
    try {
      const message: Message = { type: 'ask', id, from: home, turnId, ...command };
      const values = [keys.home(''), home, JSON.stringify(message)];
      const reached = link.run<number>(ASK, { keys: [keys.turn(turnId)], values }).catch(() => 0);
      const isTaken = reached.then((count) => count > 0 && taken.promise);
      if (!(await within(isTaken, TAKEN_MS))) return 'elsewhere';
      return ((await within(answered.promise, ANSWER_MS)) ?? 'elsewhere') as Answer | 'elsewhere';
    } finally {
      this.#waiting.delete(id);
    }
  }

  readonly #hear = (text: Buffer): void => {
    const message = JSON.parse(text.toString()) as Message;
    switch (message.type) {
      case 'ask':
        void this.#carryOut(message);
        return;
      case 'taken':
        this.#waiting.get(message.id)?.taken();
        return;
      case 'answer':
        this.#waiting.get(message.id)?.answered(message.answer);
    }
  };

  async #carryOut(ask: Extract<Message, { type: 'ask' }>): Promise<void> {
    const { id, from } = ask;
    const answering = this.#answerTo(ask);
    this.#tell(from, { type: 'taken', id });
    this.#tell(from, { type: 'answer', id, answer: await answering });
  }

  /** Carried out in the tick in which it comes. */
  async #answerTo(ask: Extract<Message, { type: 'ask' }>): Promise<unknown> {
    const { here } = this.#setting;
    switch (ask.command) {
      case 'interrupt':
        return here.interrupt(ask.turnId, ask.asked);
      case 'report':
        return here.report(ask.turnId, ask.asked);
      default:
        // Of a newer version.
        return 'elsewhere';
    }
  }

  /** Where it is lost, who asked goes another way. */
  #tell(home: string, message: Message): void {
    const { link, keys } = this.#setting;
    link.ask(['PUBLISH', keys.home(home), JSON.stringify(message)]).catch(() => undefined);
  }
}
