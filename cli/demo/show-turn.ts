import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { ServedEvent, Turn } from 'legato/client';
import { toStyledLine } from '../event-style.ts';
import type { Refund } from './shop.ts';
import { drawTimeline, LEGEND, toSpans } from '../../timeline/spans.ts';

/** What Temporal stores of a turn. */
export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

export interface ShownTurn {
  readonly turn: Turn;
  readonly events: readonly ServedEvent[];
  readonly history: HistorySize;
  /** Path of the file. */
  readonly wav: string;
  readonly refunds: readonly Refund[];
}

/** `styleText` leaves the colours out where the output is no terminal. */
export function showHeading(text: string): void {
  show(`\n${styleText('bold', text)}`);
}

/** An event as it comes, in the words of `legato say`. */
export function showEvent(event: ServedEvent): void {
  const line = toStyledLine(event);
  if (line !== undefined) show(`  ${line}`);
}

/** What the record and the shop's database have once the turn is over. */
export function showEnd({ turn, events, history, wav, refunds }: ShownTurn): void {
  show('');
  for (const row of drawTimeline(toSpans(turn, events))) show(`  ${styleText('dim', row)}`);
  show(`  ${styleText('dim', LEGEND)}`);
  show('');
  show(`  Outcome   ${turn.outcome ?? 'none'}`);
  for (const line of toRecordLines(turn, refunds)) show(`  ${line}`);
  show(`  History   ${history.events} events, ${(history.bytes / 1_000).toFixed(1)} kB`);
  show(`  Temporal  ${turn.temporal.url ?? `workflow ${turn.temporal.workflowId}`}`);
  show(`  Speech    ${relative(process.cwd(), wav)}`);
}

/** What a barge-in must not lose: the words that were heard, and what was done. */
function toRecordLines({ items }: Turn, refunds: readonly Refund[]): string[] {
  const cut = items.flatMap((item) => (item.type === 'speech' && item.interrupted ? [item] : []));
  if (cut.length === 0) return [];
  return [
    ...cut.map(({ heardText, text }) => `Heard     "${heardText}" of "${text}"`),
    `Refunds   ${refunds.length} in the shop's database`,
    ...refunds.map(
      (refund) => `          ${refund.refund_id}, ${refund.amount_cents} cents, ${refund.idempotency_key}`,
    ),
  ];
}

export function show(line: string): void {
  process.stdout.write(`${line}\n`);
}
