import assert from 'node:assert/strict';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { AcceptedTurn, type InterruptTurn, type ReportPlayout, type StartTurn } from '../../../contract/http.ts';
import type { StreamEvent } from '../../../stream/turn-stream.ts';
import type { Answer, FrontEndWorld } from '../../front-end-world.ts';

/** Two sentences: the tone voice takes 55 ms for each character, so that the first one is over after 605 ms. */
export const FIRST = 'One moment.';
export const FIRST_MS = 605;
export const LONG = `${FIRST} It takes a while to say all of this, ${'and then there is always some more of it, '.repeat(4)}and an end.`;

/** Posts a turn that is spoken. */
export async function speak(world: FrontEndWorld, more: Partial<StartTurn> = {}): Promise<string> {
  const path = `/v1/conversations/${await world.newConversation()}/turns`;
  const { status, body } = await world.send(path, { json: { input: { text: 'Hi' }, ...more } });
  assert.equal(status, 202);
  return AcceptedTurn.parse(body).id;
}

type EventOf<T extends StreamEvent['type']> = Extract<StreamEvent, { type: T }>;

/** Waits for an event of a turn that this process speaks. */
export async function eventOf<T extends StreamEvent['type']>(
  { stream }: FrontEndWorld,
  turnId: string,
  { type, ...fields }: Partial<EventOf<T>> & { readonly type: T },
): Promise<EventOf<T>> {
  const wanted = Object.entries(fields);
  for await (const event of stream.subscribe(turnId, { audio: true })) {
    const isMeant = wanted.every(([field, value]) => (event as unknown as Record<string, unknown>)[field] === value);
    if (event.type === type && isMeant) return event as EventOf<T>;
  }
  return assert.fail(`The turn ended without '${type}'`);
}

/** Waits until so much of a turn's speech was published. */
export async function published({ stream }: FrontEndWorld, turnId: string, durationMs: number): Promise<void> {
  let bytes = 0;
  for await (const event of stream.subscribe(turnId, { audio: true })) {
    if (event.type === 'speech.audio') bytes += event.pcm.byteLength;
    if (bytes >= durationMs * BYTES_PER_MS) return;
  }
  assert.fail('The turn ended before');
}

/** Waits until the first sentence is whole: the next one has begun. */
export const firstIsWhole = (world: FrontEndWorld, turnId: string): Promise<unknown> =>
  eventOf(world, turnId, { type: 'speech.sentence', index: 1 });

export const interrupt = (world: FrontEndWorld, turnId: string, json?: InterruptTurn): Promise<Answer> =>
  world.send(`/v1/turns/${turnId}/interrupt`, { method: 'POST', ...(json && { json }) });

export const report = (world: FrontEndWorld, turnId: string, json: ReportPlayout): Promise<Answer> =>
  world.send(`/v1/turns/${turnId}/playout`, { json });

/** All that is kept of a turn, which has ended or will. */
export const eventsOf = (world: FrontEndWorld, turnId: string): Promise<StreamEvent[]> =>
  Array.fromAsync(world.stream.subscribe(turnId, { audio: true }));
