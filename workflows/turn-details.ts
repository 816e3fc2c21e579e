import type { Item } from '../contract/items.ts';
import type { StepRecord, TurnRecord } from '../contract/turn.ts';

/** The turn as its page in Temporal UI shows it, in markdown. */
export function turnDetails({ input, outcome, items, steps }: Omit<TurnRecord, 'startedAt'>): string {
  const head = `**${outcome ?? 'running'}** · turn ${input.number} of \`${input.conversationId}\``;
  return [head, '', ...items.map(toLine), '', '| step | state | ms |', '|---|---|---|', ...steps.map(toRow)].join('\n');
}

function toLine(item: Item): string {
  switch (item.type) {
    case 'user':
      return `- **caller** ${quote(item.text)}`;
    case 'speech':
      return `- **${item.kind}** ${quote(item.text)}`;
    case 'call':
      return `- **call** \`${item.name}\` ${quote(JSON.stringify(item.arguments))}`;
    case 'result':
      return `- **result** ${quote(item.error ? `${item.error.kind}: ${item.error.message}` : JSON.stringify(item.result))}`;
  }
}

function toRow({ id, name, state, durationMs, error }: StepRecord): string {
  const why = error ? ` (${error.kind})` : '';
  return `| ${id}${name && !id.endsWith(name) ? ` ${name}` : ''} | ${state}${why} | ${durationMs ?? ''} |`;
}

function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
