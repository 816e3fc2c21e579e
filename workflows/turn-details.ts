import { escapeMarkdown } from '../contract/markdown.ts';
import type { Item } from '../contract/items.ts';
import type { StepRecord } from '../contract/turn.ts';
import type { UntimedRecord } from './turn-player.ts';

const MAX_CHARACTERS = 300;

/**
 * The turn as its page in Temporal UI shows it, in markdown. Words of callers, models and tools are escaped, so that they
 * are not read as markup.
 */
export function turnDetails({ start, outcome, items, steps }: UntimedRecord, refusals: readonly string[] = []): string {
  const head = `**${outcome ?? 'running'}** · turn ${start.number} of ${named(start.conversationId)}`;
  const table = ['| step | state | ms |', '|---|---|---|', ...steps.map(toRow)];
  return [head, '', ...items.map(toLine), '', ...table, '', ...refusals.map((why) => `- ${escaped(why)}`)].join('\n');
}

function toLine(item: Item): string {
  switch (item.type) {
    case 'user':
      return `- **caller** ${escaped(item.text)}`;
    case 'speech':
      return `- **${item.kind}** ${escaped(item.text)}`;
    case 'call':
      return `- **call** ${named(item.name)} ${escaped(JSON.stringify(item.arguments))}`;
    case 'result':
      return `- **result** ${escaped(item.error ? `${item.error.kind}: ${item.error.message}` : JSON.stringify(item.result))}`;
  }
}

function toRow({ id, name, state, durationMs, error }: StepRecord): string {
  const why = error ? ` (${error.kind})` : '';
  const step = `${named(id)}${name && !id.endsWith(name) ? ` ${escaped(name)}` : ''}`;
  return `| ${step} | ${escaped(`${state}${why}`)} | ${durationMs ?? ''} |`;
}

/** A name is shown as code, unless the model made up something that is no name. */
function named(name: string): string {
  return /^[\w.:-]{1,128}$/.test(name) ? `\`${name}\`` : escaped(name);
}

function escaped(text: string): string {
  return escapeMarkdown(text, MAX_CHARACTERS);
}
