import type { ConversationRecord, ConversationTurn, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import type { Item } from '../contract/items.ts';

/** Kept of a conversation: older turns and items go, and how many items went is counted. */
const KEPT_TURNS = 200;
const KEPT_ITEMS_CHARS = 256 * 1024;

/** Turns tell of themselves at least once: a repeat, or a begin that comes after its end, changes nothing. */
export function withTurnBegan(record: ConversationRecord, { id, number, startedAt }: TurnBegan): ConversationRecord {
  if (record.turns.some((turn) => turn.id === id)) return record;
  return withTurn(record, { id, number, startedAt, state: 'running' });
}

export function withTurnEnded(record: ConversationRecord, ended: TurnEnded, finishedAt: string): ConversationRecord {
  const { id, number, startedAt, outcome, items } = ended;
  if (record.turns.some((turn) => turn.id === id && turn.state === 'finished')) return record;
  const turn: ConversationTurn = { id, number, startedAt, state: 'finished', outcome, finishedAt };
  return withItems(withTurn(record, turn), items);
}

function withTurn(record: ConversationRecord, turn: ConversationTurn): ConversationRecord {
  const others = record.turns.filter((other) => other.id !== turn.id);
  const turns = [...others, turn].sort((a, b) => a.number - b.number);
  return { ...record, turns: turns.slice(-KEPT_TURNS) };
}

function withItems(record: ConversationRecord, more: readonly Item[]): ConversationRecord {
  const items = [...record.items, ...more];
  let chars = 0;
  let from = items.length;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    chars += JSON.stringify(items[index]).length;
    if (chars > KEPT_ITEMS_CHARS) break;
    from = index;
  }
  return { ...record, items: items.slice(from), omittedItems: record.omittedItems + from };
}
