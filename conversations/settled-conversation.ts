import type { ConversationRecord } from '../contract/conversation.ts';
import { MAX_TOLD_TURNS, type TurnPlace, turnIdOf } from '../contract/messages.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { ConversationRecords } from '../record/conversation-records.ts';
import type { StartedTurn } from '../record/started-turn.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { within } from '../time/silence.ts';

export interface ConversationReader {
  readonly conversationRecords: Pick<ConversationRecords, 'read' | 'tellEnded'>;
  readonly turnRecords: Pick<TurnRecords, 'read' | 'started' | 'state'>;
  /** Of this process: they tell of their end themselves. */
  readonly turns: Pick<LiveTurns, 'get'>;
}

type RecordedTurn = ConversationRecord['turns'][number];

export interface SettledConversation {
  /** With the turns that run, as far as they were looked for. */
  readonly record: ConversationRecord;
  /** Those of them that have their home in another process. */
  readonly openElsewhere: readonly RecordedTurn[];
  /** Those that have ended, and of which the conversation could not be told in time: they are not in the record. */
  readonly untold: readonly Pick<RecordedTurn, 'id' | 'number'>[];
  /** The highest number that was found; 0: none. */
  readonly lastNumber: number;
}

export interface ReadingExtent {
  /** Whether turns are looked for that began after the last one of which the conversation was told. */
  readonly upToLast: boolean;
}

interface FoundTurn extends StartedTurn {
  readonly isHere?: true;
}

/** What a turn said and did is read from its workflow, which some worker has to replay. */
const SETTLE_MS = 1_000;

/**
 * A conversation as its workflow knows it, and the turns that Temporal has beside it: a conversation is told of a turn when the
 * turn has ended. One that has ended without telling, since it was terminated while no process played it, is told here with
 * what its record has. Undefined if there is no such conversation.
 */
export async function readSettledConversation(
  reader: ConversationReader,
  id: string,
  extent: ReadingExtent,
): Promise<SettledConversation | undefined> {
  const reading = await reader.conversationRecords.read(id);
  if (!reading) return undefined;
  const { turns: told } = reading.record;
  const found = await findTurns(reader, id, { told, ...extent });
  const ended = found.filter(({ state, isHere }) => state === 'finished' && !isHere);
  const settling = Promise.all(ended.map((turn) => settle(reader, id, { ...epochIn(told, turn), ...turn })));
  // If this fails now, the turn is missing from the record, or shown as running, and the next read tries again.
  const settled = ended.length > 0 && (await within(settling, SETTLE_MS).catch(() => undefined));
  const { record } = (settled && (await reader.conversationRecords.read(id))) || reading;
  // One that ran when it was looked for may have told its end since.
  const hasTold = new Set(record.turns.flatMap(({ id: turn, state }) => (state === 'finished' ? [turn] : [])));
  const untold = found.filter(({ id: turn }) => !hasTold.has(turn));
  const open = untold.filter(({ state }) => state === 'running');
  return {
    record: { ...record, turns: merged(record.turns, open.map(toRunning)) },
    openElsewhere: open.filter(({ isHere }) => !isHere).map(toRunning),
    untold: untold.filter(({ state, isHere }) => state === 'finished' && !isHere),
    lastNumber: Math.max(told.at(-1)?.number ?? 0, ...found.map(({ number }) => number)),
  };
}

interface Search extends ReadingExtent {
  readonly told: readonly RecordedTurn[];
}

/** The turns whose end the conversation was not told of. */
async function findTurns(
  reader: ConversationReader,
  conversationId: string,
  { told, upToLast }: Search,
): Promise<FoundTurn[]> {
  const running = told.filter(({ state }) => state === 'running');
  const open = await Promise.all(running.map((turn) => findTold(reader, turn)));
  const missing = await Promise.all(gapsIn(told).map((number) => findAt(reader, { conversationId, number })));
  const found = [...open, ...missing].filter((turn) => turn !== undefined);
  // Numbers have no gaps: the first one that is free is the next one.
  for (let number = (told.at(-1)?.number ?? 0) + 1; upToLast; number += 1) {
    const turn = await findAt(reader, { conversationId, number });
    if (!turn) break;
    found.push(turn);
  }
  return found;
}

/** Numbers that the conversation was not told of, though it was told of a later one. */
function gapsIn(told: readonly RecordedTurn[]): readonly number[] {
  const last = told.at(-1)?.number ?? 0;
  const first = told.length < MAX_TOLD_TURNS ? 1 : (told[0]?.number ?? 1);
  const known = new Set(told.map(({ number }) => number));
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return all.filter((number) => !known.has(number));
}

/** The number of one that was refused here may be that of another process's turn. */
function findAt({ turns, turnRecords }: ConversationReader, place: TurnPlace): Promise<FoundTurn | undefined> {
  const here = turns.get(turnIdOf(place));
  return here && here.state !== 'refused' ? Promise.resolve(toFound(here)) : turnRecords.started(place);
}

/** One that was taken over: whether it runs, Temporal says. */
async function findTold({ turns, turnRecords }: ConversationReader, turn: RecordedTurn): Promise<FoundTurn> {
  const here = turns.get(turn.id);
  if (here) return toFound(here);
  const { id, number, startedAt } = turn;
  const state = (await turnRecords.state(id)) ?? 'finished';
  return { id, number, startedAt, state };
}

function toFound({ id, start: { number }, boundAt: startedAt = new Date().toISOString() }: LiveTurn): FoundTurn {
  return { id, number, startedAt, state: 'running', isHere: true };
}

function toRunning({ id, number, startedAt, post }: FoundTurn): RecordedTurn {
  return { id, number, startedAt, state: 'running', ...(post && { post }) };
}

function merged(told: readonly RecordedTurn[], open: readonly RecordedTurn[]): RecordedTurn[] {
  const known = new Set(told.map(({ id }) => id));
  return [...told, ...open.filter(({ id }) => !known.has(id))].sort((one, other) => one.number - other.number);
}

function epochIn(told: readonly RecordedTurn[], { id }: FoundTurn): { readonly epoch?: number } {
  const epoch = told.find((turn) => turn.id === id)?.epoch;
  return epoch === undefined ? {} : { epoch };
}

/** A turn that has ended: its conversation is told. */
async function settle(
  reader: ConversationReader,
  conversationId: string,
  turn: FoundTurn & { readonly epoch?: number },
) {
  const { state: _, ...began } = turn;
  const { outcome = 'failed', items = [] } = (await reader.turnRecords.read(turn.id)) ?? {};
  await reader.conversationRecords.tellEnded(conversationId, { ...began, outcome, items });
}
