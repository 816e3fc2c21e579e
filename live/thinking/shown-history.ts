import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ModelMessage, ModelRequest } from '../../providers/model.ts';

/** So many conversations are known: of one that is forgotten, what is refused is refused once more. */
const MAX_KNOWN = 10_000;
/** A conversation whose earlier turns were refused so often, when they were shown again, stays without them. */
const MAX_REFUSED_PROBES = 4;

type Messages = ModelRequest['messages'];
type Key = string;

/** A turn before this one, as messages. */
interface EarlierTurn {
  readonly messages: readonly ModelMessage[];
  readonly key: Key;
}

/** Turns of which some were refused, or may have been. */
interface Suspects {
  readonly keys: readonly Key[];
  /** Of more that were refused together: where the newer half is innocent, this one is not. */
  readonly isOlderHalf: boolean;
}

/** What a model is sent in one request. */
export interface Shown {
  readonly messages: Messages;
  /** What was left out for this request, and stays out once it is accepted. */
  readonly omitted: readonly Key[];
  /** Turns that were left out, and are shown again to see whether they may be. */
  readonly probe: readonly Key[];
  /** Whether what was omitted may come back later. */
  readonly isForGood: boolean;
}

/**
 * Which turns of one conversation one model is shown, once it has refused to be shown all of them.
 *
 * 1. What has come since the model last accepted the conversation is suspected first: it is left out, and if that does not help,
 *    all turns before this one are. Where there are too many tokens the older half is left out, for good.
 * 2. Nothing is learnt from a request until one without those turns is accepted: it may be this turn that is refused.
 * 3. One turn that was refused stays out. Of several a half is shown again in the next request; if that is refused, the half of it
 *    after that, and so on, until only what is refused is missing, or it was refused too often.
 * 4. So a request has at most two more after it, and a turn that is refused is not sent in each turn.
 */
export class ShownHistory {
  readonly #leftOut = new Set<Key>();
  /** Groups of those, in the order in which they are shown again. */
  #suspects: readonly Suspects[] = [];
  #refusedProbes = 0;
  /** The last turn that the model has accepted, up to its answer. */
  #accepted: Key | undefined;

  /** What is sent first. */
  select(messages: Messages): Shown {
    const probe = this.#refusedProbes < MAX_REFUSED_PROBES ? (this.#suspects[0]?.keys ?? []) : [];
    return this.#without(messages, [], { probe });
  }

  /** What is sent after that was refused, one after the other, until one is accepted. Empty: it cannot be less. */
  afterRefusal(messages: Messages, refused: Shown, { isTooLong }: { readonly isTooLong: boolean }): readonly Shown[] {
    if (refused.probe.length > 0) this.#refuseProbe(refused.probe);
    const shown = turnsBefore(messages).filter(({ key }) => !this.#leftOut.has(key));
    const keys = shown.map(({ key }) => key);
    const alone = this.#without(messages, keys);
    if (refused.probe.length > 0) return [this.#without(messages, []), ...(keys.length > 0 ? [alone] : [])];
    if (keys.length === 0) return [];
    const suspected = isTooLong ? olderHalf(shown) : this.#fresh(shown);
    if (suspected.length === 0 || suspected.length === keys.length) return [alone];
    return [this.#without(messages, suspected, { isForGood: isTooLong }), alone];
  }

  /** The model has answered this. */
  accept(messages: Messages, { omitted, probe, isForGood }: Shown): void {
    if (probe.length > 0) this.#acquit(probe);
    for (const key of omitted) this.#leftOut.add(key);
    if (!isForGood) this.#suspects = [...halvesOf(omitted), ...this.#suspects];
    if (this.#leftOut.size > 0) this.#forgetLost(messages);
    this.#accepted = keyOf(messages.slice(ownFrom(messages)));
  }

  /** Of turns that a conversation has lost meanwhile nothing is kept. */
  #forgetLost(messages: Messages): void {
    const keys = new Set(turnsBefore(messages).map(({ key }) => key));
    for (const key of this.#leftOut) if (!keys.has(key)) this.#leftOut.delete(key);
    this.#suspects = this.#suspects
      .map((group) => ({ ...group, keys: group.keys.filter((key) => keys.has(key)) }))
      .filter((group) => group.keys.length > 0);
  }

  #acquit(probe: readonly Key[]): void {
    for (const key of probe) this.#leftOut.delete(key);
    const [, next, ...others] = this.#suspects;
    if (next?.isOlderHalf) this.#suspects = [...halvesOf(next.keys), ...others];
    else this.#suspects = this.#suspects.slice(1);
  }

  #refuseProbe(probe: readonly Key[]): void {
    this.#refusedProbes += 1;
    const [, next, ...others] = this.#suspects;
    this.#suspects = [...halvesOf(probe), ...(next ? [{ ...next, isOlderHalf: false }] : []), ...others];
  }

  /** Without a turn that is known to be accepted, the last one. */
  #fresh(turns: readonly EarlierTurn[]): readonly Key[] {
    const at = turns.findLastIndex(({ messages }) => keyOf(withoutAnswer(messages)) === this.#accepted);
    return (at === -1 ? turns.slice(-1) : turns.slice(at + 1)).map(({ key }) => key);
  }

  #without(
    messages: Messages,
    omitted: readonly Key[],
    { probe = [], isForGood = false }: Partial<Pick<Shown, 'probe' | 'isForGood'>> = {},
  ): Shown {
    const out = new Set([...this.#leftOut, ...omitted]);
    for (const key of probe) out.delete(key);
    const kept = out.size === 0 ? messages : withoutTurns(messages, out);
    return { messages: kept, omitted, probe, isForGood };
  }
}

/** What this process knows of its conversations: where it dies, each refusal costs a request once more. */
export class ShownHistories {
  /** `max` would allocate all slots at once; `maxSize` does not. */
  readonly #known = new LRUCache<string, ShownHistory>({ maxSize: MAX_KNOWN, sizeCalculation: () => 1 });

  of(conversationId: string, model: string): ShownHistory {
    const key = `${model}\n${conversationId}`;
    const known = this.#known.get(key) ?? new ShownHistory();
    this.#known.set(key, known);
    return known;
  }
}

/** One turn that was refused has no halves. */
function halvesOf(keys: readonly Key[]): Suspects[] {
  if (keys.length <= 1) return [];
  const middle = Math.ceil(keys.length / 2);
  return [
    { keys: keys.slice(middle), isOlderHalf: false },
    { keys: keys.slice(0, middle), isOlderHalf: true },
  ];
}

function olderHalf(turns: readonly EarlierTurn[]): readonly Key[] {
  const sizes = turns.map(({ messages }) => JSON.stringify(messages).length);
  let left = sizes.reduce((sum, size) => sum + size, 0) / 2;
  const count = sizes.findIndex((size) => (left -= size) <= 0) + 1;
  return turns.slice(0, count).map(({ key }) => key);
}

function withoutTurns(messages: Messages, out: ReadonlySet<Key>): Messages {
  const own = messages.slice(ownFrom(messages)).filter(({ role }) => role !== 'system');
  const kept = turnsBefore(messages).filter(({ key }) => !out.has(key));
  return [...messages.filter(({ role }) => role === 'system'), ...kept.flatMap(({ messages: those }) => those), ...own];
}

/** A turn begins with the caller's words; before the first of them there may be a greeting. */
function turnsBefore(messages: Messages): readonly EarlierTurn[] {
  const turns: ModelMessage[][] = [];
  for (const message of messages.slice(0, ownFrom(messages))) {
    if (message.role === 'system') continue;
    const last = turns.at(-1);
    if (message.role === 'user' || !last) turns.push([message]);
    else last.push(message);
  }
  return turns.map((own) => ({ messages: own, key: keyOf(own) }));
}

function ownFrom(messages: Messages): number {
  return Math.max(
    0,
    messages.findLastIndex(({ role }) => role === 'user'),
  );
}

/** What the model itself said last has not been sent to it. */
function withoutAnswer(turn: readonly ModelMessage[]): readonly ModelMessage[] {
  const last = turn.at(-1);
  return last?.role === 'assistant' && last.calls.length === 0 ? turn.slice(0, -1) : turn;
}

/** By what is in it; ids of calls count from the beginning of a request. */
function keyOf(turn: readonly ModelMessage[]): Key {
  const content = turn.map((message) => {
    if (message.role !== 'assistant') return [message.role, message.text];
    return [message.role, message.text, ...message.calls.flatMap(({ name, arguments: args }) => [name, args])];
  });
  return createHash('sha1').update(JSON.stringify(content)).digest('base64');
}
