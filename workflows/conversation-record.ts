import type { ConversationRecord, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { MAX_TOLD_TURNS } from '../contract/messages.ts';
import { TURN_LIMIT_BYTES } from '../turn/budget.ts';
import { jsonBytes } from '../turn/json-bytes.ts';
import { withinBytes } from '../turn/within-bytes.ts';

/**
 * The limit of a conversation's record, as JSON: the oldest items are dropped and counted. Temporal takes 2 MiB a
 * payload: the record is one when the conversation closes, continues as new, or is queried.
 */
export const CONVERSATION_LIMIT_BYTES = 1024 * 1024;

/**
 * Turns report at least once: a repeat, or a begin that arrives after its end, is ignored. A home that takes a turn over
 * reports so, and what an older one then reports is ignored too.
 */
export function withTurnBegan(record: ConversationRecord, began: TurnBegan): ConversationRecord {
  const { id, number, startedAt } = began;
  const epoch = epochOf(began);
  const known = record.turns.find((turn) => turn.id === id);
  if (known && epoch <= epochOf(known)) return record;
  const begins = { id, number, startedAt, state: 'running', ...postOf(began) } as const;
  return withTurn(record, { ...(known ?? begins), ...numbered(epoch) });
}

/** A turn whose tools went on after a barge-in may end after the next turn; its items keep their place by number. */
export function withTurnEnded(record: ConversationRecord, ended: TurnEnded, finishedAt: string): ConversationRecord {
  const { id, number, startedAt, outcome, items } = ended;
  const known = record.turns.find((turn) => turn.id === id);
  const reported = known?.state === 'finished' ? known : undefined;
  const [epoch, newest] = [epochOf(ended), epochOf(known)];
  const corrects = ended.corrects && !(ended.byHome && epoch < newest);
  if ((reported || epoch < newest) && !corrects) return record;
  const later = record.turns.filter((turn) => turn.number > number);
  const behind = later.reduce((sum, turn) => sum + (turn.itemCount ?? 0), 0);
  const end = Math.max(0, record.items.length - behind);
  const begin = Math.max(0, end - (reported?.itemCount ?? 0));
  const own = withinBytes(items, TURN_LIMIT_BYTES);
  const merged = [...record.items.slice(0, begin), ...own, ...record.items.slice(end)];
  const itemCount = items.length;
  const how = { state: 'finished', outcome, finishedAt, itemCount } as const;
  return withinLimit({
    ...withTurn(record, {
      id,
      number,
      startedAt,
      ...how,
      ...numbered(Math.max(epoch, newest)),
      ...postOf(ended, known),
    }),
    items: merged,
  });
}

function epochOf(told: Pick<RecordedTurn, 'epoch'> | undefined): number {
  return told?.epoch ?? 0;
}

function numbered(epoch: number): Pick<RecordedTurn, 'epoch'> {
  return epoch > 0 ? { epoch } : {};
}

/** A report from before a takeover may be the only one that has it. */
function postOf(...told: readonly (Pick<RecordedTurn, 'post'> | undefined)[]): Pick<RecordedTurn, 'post'> {
  const post = told.find((report) => report?.post)?.post;
  return post ? { post } : {};
}

type RecordedTurn = ConversationRecord['turns'][number];

function withTurn(record: ConversationRecord, turn: RecordedTurn): ConversationRecord {
  const others = record.turns.filter((other) => other.id !== turn.id);
  const turns = [...others, turn].sort((a, b) => a.number - b.number);
  return { ...record, turns: turns.slice(-MAX_TOLD_TURNS) };
}

/** The record with its latest items, as many as there is room for. */
export function withinLimit(record: ConversationRecord): ConversationRecord {
  const { items } = record;
  let bytes = jsonBytes({ ...record, items: [] });
  let from = items.length;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    bytes += jsonBytes(items[index]) + 1;
    if (bytes > CONVERSATION_LIMIT_BYTES) break;
    from = index;
  }
  if (from === 0) return record;
  return { ...record, items: items.slice(from), omittedItems: record.omittedItems + from };
}
