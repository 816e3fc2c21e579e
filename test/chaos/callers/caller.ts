import { setTimeout as delay } from 'node:timers/promises';
import { AcceptedTurn } from '../../../contract/http.ts';
import { Seeded } from '../../durability/seeded.ts';
import type { HeardTurn } from '../observation.ts';
import type { FrontEnd } from '../topology/topology.ts';
import { ask } from './ask.ts';
import { DeviceTurn } from './device-turn.ts';

export interface CallerOptions {
  /** From 1. */
  readonly number: number;
  readonly seed: number;
  readonly pick: (chance: Seeded) => FrontEnd | undefined;
  /** No turn is posted after that. */
  readonly until: AbortSignal;
  /** Nothing is waited for after that. */
  readonly giveUp: AbortSignal;
}

const TOOLS = ['look', 'book', 'pay', 'send'] as const;
const COUNTS = [0, 0, 1, 1, 2] as const;
/** What a caller does in a turn: listens to its end, presses stop, or says the next thing. */
const MANNERS = ['listen', 'listen', 'listen', 'interrupt', 'go on'] as const;
const AGAIN_MS = 200;
const NOBODY = { status: 0, word: 'nobody', body: undefined };

/** One caller and the device through which it hears, in one conversation. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #chance: Seeded;
  readonly #turns: DeviceTurn[] = [];
  #listening: Promise<void>[] = [];

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#chance = new Seeded(options.seed * 1_000 + options.number);
  }

  get turns(): readonly HeardTurn[] {
    return this.#turns.map((turn) => turn.observed());
  }

  conversationId = '';

  /** Resolves when the last of its turns was heard to its end. */
  async call(): Promise<void> {
    const { until, number } = this.#options;
    this.conversationId = await this.#createConversation();
    for (let count = 1; !until.aborted; count += 1) await this.#turn(`c${number}t${count}`);
    await Promise.all(this.#listening);
  }

  async #createConversation(): Promise<string> {
    for (;;) {
      const { status, body } = await this.#ask('/v1/conversations', { body: {} });
      if (status === 201) return (body as { id: string }).id;
      await delay(AGAIN_MS);
    }
  }

  async #turn(ref: string): Promise<void> {
    const chance = this.#chance;
    const tools = [...new Set(Array.from({ length: chance.pick(COUNTS) }, () => chance.pick(TOOLS)))];
    const playout = chance.between(1, 4) === 1 ? 'client' : 'assumed';
    const manner = chance.pick(MANNERS);
    const speaksAfterMs = chance.between(200, 5_000);
    const { conversationId } = this;
    const turn = new DeviceTurn({ ref, conversationId, tools, playout, isOverheard: chance.between(1, 3) === 1 });
    this.#cutOpen();
    this.#turns.push(turn);
    const id = await this.#post(turn);
    if (id === undefined) return;
    const pick = (): FrontEnd | undefined => this.#options.pick(chance);
    const listening = turn.listen(id, { pick, signal: this.#options.giveUp });
    this.#listening.push(listening);
    if (manner === 'listen') await listening;
    else await Promise.race([listening, delay(speaksAfterMs)]);
    if (manner === 'interrupt' && !turn.isFinished) await this.#interrupt(turn, id);
    if (manner === 'interrupt') await listening;
    if (manner === 'listen') await delay(chance.between(0, 400));
  }

  /** What is open hears its caller speak, now that the next turn is posted. */
  #cutOpen(): void {
    for (const turn of this.#turns) turn.cut();
  }

  /** Posts it until a front end has accepted it; where an answer was lost, the repeat goes elsewhere. */
  async #post(turn: DeviceTurn): Promise<string | undefined> {
    // Now and then the device repeats what was answered.
    const answers = this.#chance.between(1, 8) === 1 ? 2 : 1;
    const ids: string[] = [];
    while (ids.length < answers && !this.#options.giveUp.aborted) {
      const id = await this.#postOnce(turn);
      if (id === undefined) await delay(AGAIN_MS);
      else ids.push(id);
    }
    return ids[0];
  }

  async #postOnce({ asked, posts, denials }: DeviceTurn): Promise<string | undefined> {
    const { ref, conversationId, tools, playout } = asked;
    const body = { input: { text: [ref, ...tools].join(' ') }, playout };
    const atMs = performance.now();
    const path = `/v1/conversations/${conversationId}/turns`;
    const { at, status, word, body: answer } = await this.#ask(path, { body, headers: { 'Idempotency-Key': ref } });
    const { data } = AcceptedTurn.safeParse(answer);
    posts.push({ atMs, to: at, answer: word, ...(data && { id: data.id, number: data.number }) });
    if (status >= 400 && status < 502) denials.push(`${at} answers ${status} ${word} to a post`);
    return data?.id;
  }

  async #interrupt(turn: DeviceTurn, id: string): Promise<void> {
    turn.cut();
    while (!this.#options.giveUp.aborted) {
      const { status, word } = await this.#ask(`/v1/turns/${id}/interrupt`, { body: { id: 'stop' } });
      if (status === 200 || status === 202) return;
      if (status >= 400 && status < 502) turn.denials.push(`${status} ${word} to an interrupt`);
      await delay(AGAIN_MS);
    }
  }

  async #ask(path: string, request: Parameters<typeof ask>[2]) {
    const frontEnd = this.#options.pick(this.#chance);
    const answer = frontEnd ? await ask(frontEnd, path, request) : NOBODY;
    return { ...answer, at: frontEnd?.name ?? '' };
  }
}
