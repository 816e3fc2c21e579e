import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import type { Interrupted } from '../../../contract/barge-in.ts';
import type { Item } from '../../../contract/items.ts';
import type { TurnStart, TurnResult } from '../../../contract/turn.ts';
import type { AskedInterrupt } from '../../../contract/barge-in.ts';
import type { LiveInterrupt } from '../../../live/turns/interrupts.ts';
import type { ChatMessage } from '../../../providers/scripted/wire/chat-request.ts';
import type { FailureOrder } from '../../../providers/scripted/failure-plan.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import type { NewEvent, StreamEvent } from '../../../stream/turn-stream.ts';
import { createWorld } from '../../world.ts';
import type { StartedTurn, World, WorldOptions } from '../../world.ts';

/** How long what was cut may take to be gone: it is looked at until it is. */
const GONE_WITHIN_MS = 30_000;
const NEXT_WORDS = 'And now?';

export type Moment = (event: NewEvent) => boolean;
export type Asked = Omit<AskedInterrupt, 'id'>;

export interface CallerOptions {
  /** The caller speaks in the tick in which the first such event is published. */
  readonly at?: Moment;
  /** What the client says it has played by then. */
  readonly asked?: Asked;
}

export interface Scene extends WorldOptions {
  readonly turn?: Partial<TurnStart>;
  /** Of the provider, in this order. */
  readonly failures?: readonly FailureOrder[];
  /** Goes on beside the turn, once it has started. */
  readonly during?: (turn: StartedTurn, world: World) => Promise<unknown>;
}

export interface Played {
  readonly turn: StartedTurn;
  readonly result: TurnResult;
  readonly items: readonly Item[];
  readonly events: readonly StreamEvent[];
  /** What the caller was told at once. */
  readonly answers: readonly Interrupted[];
  /** How often the model was asked in the turn. */
  readonly asked: number;
  /** What the model is sent in the next turn of the conversation, instructions aside. */
  readonly sent: readonly ChatMessage[];
}

/** Somebody who speaks at an exact instant: when an event is published, or when a tool says so. */
export class Caller {
  readonly answers: Interrupted[] = [];
  readonly #options: CallerOptions;
  readonly #recorded: Promise<void>[] = [];
  #world: World | undefined;
  #hasSpoken = false;

  constructor(options: CallerOptions = {}) {
    this.#options = options;
  }

  /** A world in which this caller listens. */
  async enter({ rules = [], onPublish, ...options }: WorldOptions): Promise<World> {
    const next: ScriptRule = { when: { user: NEXT_WORDS }, reply: { text: 'Go on.' } };
    const listen = (event: NewEvent, turnId: string): void => {
      onPublish?.(event, turnId);
      if (this.#hasSpoken || !this.#options.at?.(event)) return;
      this.speak();
    };
    this.#world = await createWorld({ ...options, rules: [next, ...rules], onPublish: listen });
    return this.#world;
  }

  /** Speaks now: the turn that is open is cut. */
  speak(id = 'stop'): LiveInterrupt {
    this.#hasSpoken = true;
    const open = this.#world?.turns.openIn(`conversation-of-${this.#world.agent.name}`).at(-1);
    assert.ok(open, 'No turn is open');
    const interrupt = open.interrupt({ id, ...this.#options.asked });
    this.answers.push(interrupt.answer);
    this.#recorded.push(interrupt.recorded);
    return interrupt;
  }

  /** One turn, in which the caller speaks, and the beginning of the next one. */
  async play({ turn: input = {}, failures = [], during, ...options }: Scene): Promise<Played> {
    await using world = await this.enter(options);
    for (const failure of failures) world.scripted.failNext(failure);
    const before = countTimers();
    const turn = await world.start('Hello', { modality: 'audio', acknowledged: true, ...input });
    await during?.(turn, world);
    const result = await turn.result();
    const events = await turn.events;
    await Promise.all(this.#recorded);
    await assertNothingLeft(world, before);
    const { items } = result;
    const asked = world.scripted.requests.chat.all.length;
    const sent = await sentNext(world, items);
    await assertNothingLeft(world, before);
    return { turn, result, items, events, answers: this.answers, asked, sent };
  }
}

/** The messages of a further turn's request, each call in them with exactly one result. */
export async function sentNext(world: World, items: readonly Item[]): Promise<readonly ChatMessage[]> {
  const next = await world.start(NEXT_WORDS, { items, number: 2 });
  assert.equal((await next.result()).outcome, 'answered');
  const [, ...sent] = world.scripted.requests.chat.last?.body.messages ?? [];
  const calls = sent.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
  const results = sent.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : []));
  assert.deepEqual(results.toSorted(), calls.toSorted(), 'Every call is sent with one result');
  assert.equal(new Set(calls).size, calls.length);
  return withoutGaps(sent);
}

/** Strict servers get a message between a result and the caller's words; it says nothing. */
export function withoutGaps(sent: readonly ChatMessage[]): readonly ChatMessage[] {
  return sent.filter(({ role, content }) => role !== 'assistant' || content !== '…');
}

export function countTimers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
}

/** No turn, no request to a provider, and no timer that was not there before. */
export async function assertNothingLeft(world: World, timersBefore: number): Promise<void> {
  const { chat, speech } = world.scripted.requests;
  let open = chat.all.length + speech.all.length;
  for (const { closed } of [...chat.all, ...speech.all]) void closed.then(() => (open -= 1));
  const left = () => ({ turns: world.turns.size, requests: open, timers: Math.max(0, countTimers() - timersBefore) });
  const isGone = (): boolean => Object.values(left()).every((count) => count === 0);
  const untilMs = performance.now() + GONE_WITHIN_MS;
  while (!isGone() && performance.now() < untilMs) await delay(10);
  assert.deepEqual(left(), { turns: 0, requests: 0, timers: 0 });
}

/** Waits until such an event was published. */
export async function until(moment: Moment, turn: StartedTurn, world: World): Promise<void> {
  for await (const event of world.stream.subscribe(turn.id, { audio: true })) if (moment(event)) return;
  assert.fail('The turn ended before that moment');
}

/** Lets what is ready to run in this tick go on by so many steps. */
export async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await Promise.resolve();
}

/** An event of this type, of a speech, a step or a call where it is named. */
export function when(type: NewEvent['type'], of: Readonly<Record<string, unknown>> = {}): Moment {
  return (event) =>
    event.type === type && Object.entries(of).every(([key, value]) => Reflect.get(event, key) === value);
}

/** So much audio of a speech was published. */
export function whenPublished(speech: string, ms: number): Moment {
  let publishedMs = 0;
  return (event) => {
    if (event.type !== 'speech.audio' || event.speech !== speech) return false;
    publishedMs += event.pcm.byteLength / BYTES_PER_MS;
    return publishedMs >= ms;
  };
}

/** Of each speech what was heard. */
export function heard(items: readonly Item[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    items.flatMap((item) => (item.type === 'speech' ? [[item.speech, item.heardText] as const] : [])),
  );
}

/** Of each call what it came to: `ok`, or the kind of its error. */
export function settled(items: readonly Item[]): Readonly<Record<string, string>> {
  const calls = items.flatMap((item) => (item.type === 'call' ? [item.call] : []));
  const results = items.flatMap((item) =>
    item.type === 'result' ? [[item.call, item.ok ? 'ok' : (item.error?.kind ?? 'none')] as const] : [],
  );
  assert.deepEqual(
    results.map(([call]) => call),
    calls,
    'Every call has one result in the record',
  );
  return Object.fromEntries(results);
}

/** What the agent has said and done, as the model is told of it. */
export function told(sent: readonly ChatMessage[]): readonly string[] {
  return sent.flatMap(({ role, content, tool_calls: calls = [] }) =>
    role === 'assistant' || role === 'tool'
      ? [...(content ? [content] : []), ...calls.map((call) => `${call.function.name}(${call.function.arguments})`)]
      : [],
  );
}
