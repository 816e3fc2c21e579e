import assert from 'node:assert/strict';
import { ServedConversationEvent } from '../../../contract/conversation-events.ts';
import type { ServedEvent } from '../../../contract/http.ts';
import { readBlocks } from './served-events.ts';

export interface Followed {
  /** Of the event, to go on from. */
  readonly id: string;
  readonly event: ServedConversationEvent;
}

export interface FollowOptions {
  readonly lastEventId?: string | undefined;
  readonly audio?: boolean;
  readonly key?: string;
}

/** One connection to the events of a conversation. Leaves when it is disposed of. */
export class ConversationReader implements AsyncDisposable {
  readonly #leaving: AbortController;
  readonly #blocks: AsyncIterator<string, undefined>;

  private constructor(response: Response, leaving: AbortController) {
    this.#leaving = leaving;
    this.#blocks = readBlocks(response)[Symbol.asyncIterator]();
  }

  static async open(url: string, conversationId: string, { lastEventId, audio, key }: FollowOptions = {}) {
    const leaving = new AbortController();
    const headers = {
      ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
    };
    const address = `${url}/v1/conversations/${conversationId}/events${audio ? '?audio=1' : ''}`;
    return new ConversationReader(await fetch(address, { headers, signal: leaving.signal }), leaving);
  }

  /** Undefined where the stream has ended. */
  async next(): Promise<Followed | undefined> {
    for (;;) {
      const { value: block } = await this.#blocks.next();
      if (block === undefined) return undefined;
      if (block.startsWith(':')) continue;
      const [, id = '', type, json] = /^id: (\S+)\nevent: ([a-z.]+)\ndata: (.+)$/.exec(block) ?? [];
      const event = ServedConversationEvent.parse(JSON.parse(json ?? ''));
      assert.equal(type, event.type);
      return { id, event };
    }
  }

  /** The next events, up to the first of which this is true. */
  async until(isLast: (event: ServedConversationEvent) => boolean): Promise<Followed[]> {
    const read: Followed[] = [];
    for (let next = await this.next(); next; next = await this.next()) {
      read.push(next);
      if (isLast(next.event)) return read;
    }
    return assert.fail(`The stream ended after ${read.length} events`);
  }

  async take(count: number): Promise<Followed[]> {
    let left = count;
    return count === 0 ? [] : this.until(() => --left === 0);
  }

  /** Up to the end of so many turns. */
  async untilEnds(count: number): Promise<Followed[]> {
    let left = count;
    return this.until(({ type }) => type === 'turn.finished' && --left === 0);
  }

  /** What comes until the server ends the stream. */
  async rest(): Promise<Followed[]> {
    const read: Followed[] = [];
    for (let next = await this.next(); next; next = await this.next()) read.push(next);
    return read;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#blocks.return?.().catch(() => undefined); // It was aborted.
  }
}

/** The events of one turn, as a reader of that turn gets them. */
export const ofTurn = (followed: readonly Followed[], id: string): ServedEvent[] =>
  followed.flatMap(({ event }) => {
    if (!('turnId' in event) || event.turnId !== id) return [];
    const { turnId: _, ...own } = event;
    return [own];
  });

/** `turn.started of 1`, with the turns counted as they come in `ids`. */
export const namesOf = (followed: readonly Followed[], ids: readonly string[]): string[] =>
  followed.map(({ event }) => ('turnId' in event ? `${event.type} of ${ids.indexOf(event.turnId) + 1}` : event.type));
