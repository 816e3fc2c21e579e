import type { Agent } from '../../agent/agent.ts';
import { standingAlone } from '../../contract/text.ts';

/** What a voice is given of a sentence. */
export interface SpokenText {
  readonly text: string;
  /** Where in the written sentence one has come after so many characters of the spoken one; both as in `slice(0, end)`. */
  readonly toWritten: (endCharacter: number) => number;
}

export type SpokenForm = (sentence: string) => SpokenText;

interface Replacement {
  readonly pattern: RegExp;
  readonly by: string;
}

/**
 * What is drawn and not said. A sentence may hold only the one end of such a pair, so each end goes by itself. Models write
 * thousands of marks in a row too: no pattern may try a run of them, or of white space, from each of its characters.
 */
const MARKUP: readonly Replacement[] = [
  { pattern: /^[^\S\r\n]*(?:`{3,}|~{3,})[\w+#-]*[^\S\r\n]*$/gm, by: '' }, // the lines around code
  { pattern: /!?\[([^\]\n]{0,300})\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"\n]*")?\)/g, by: '$1' }, // links and images
  { pattern: /\]\((?:[^()\s]|\([^()\s]*\))*\)/g, by: '' }, // the end of a link with several sentences
  { pattern: /<(?:https?|mailto):[^\s<>]+>/g, by: '' },
  { pattern: /<\/?(?:b|br|code|em|i|p|strong|u)\s*\/?>/gi, by: ' ' },
  { pattern: /^[^\S\r\n]*(?:[-*_][^\S\r\n]*){3,}$/gm, by: '' }, // rules
  { pattern: /^(?=.*---)(?:[|:-]|[^\S\r\n])+$/gm, by: '' }, // rules of tables
  { pattern: /^[^\S\r\n]*(?:#{1,6}|>+|[-*+•])\s+(?:\[[ xX]\]\s+)?/gm, by: '' }, // headings, quotations, lists
  { pattern: /^[^\S\r\n]*\||\|[^\S\r\n]*$/gm, by: '' },
  { pattern: /(?<!\s)\s*\|\s*/g, by: ', ' }, // between the cells of a table
  { pattern: /(?<!\d)(?:\*{2,3}|~~)(?=\S)|(?<=\S)(?:\*{2,3}|~~)(?!\d)/g, by: '' },
  { pattern: /(?<![\p{L}\p{N}*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\p{L}\p{N}*])/gu, by: '' },
  { pattern: /(?<![\p{L}\p{N}_])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\p{L}\p{N}_])/gu, by: '' },
  { pattern: /`+/g, by: '' },
  { pattern: /\\(?=[!-/:-@[-`{-~])/g, by: '' },
];

const UNSPOKEN: readonly Replacement[] = [
  { pattern: /\p{RGI_Emoji}|[\p{Extended_Pictographic}--[©®™]]/gv, by: ' ' },
  // What colours and joins emoji, and what is neither drawn nor said; a joiner within a word of Persian or Hindi stays.
  {
    pattern:
      /[\u{1F3FB}-\u{1F3FF}\u{FE0F}\u{20E3}\u{E0020}-\u{E007F}\u{200B}\u{2060}\u{FEFF}\p{Surrogate}\p{Cn}\p{Co}]/gv,
    by: '',
  },
  { pattern: /(?<!\p{L}\p{M}*)\u{200D}|[\p{Cc}--[\t\n\r]]/gv, by: '' },
  { pattern: /\s+/g, by: ' ' },
  { pattern: /^ | $/g, by: '' },
  { pattern: / (?=[.,!?;:](?:\s|$))/g, by: '' },
];

/** Whether a voice has anything to say: some refuse a text of marks alone. */
export function isSayable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

export const asWritten: SpokenForm = (text) => ({ text, toWritten: (end) => end });

/** How an agent's sentences are spoken. The record and readers have them as they are written. */
export function createSpokenForm({ voiceText, pronounce }: Pick<Agent, 'voiceText' | 'pronounce'>): SpokenForm {
  const said = pronounce.map(([written, by]) => ({ pattern: toPattern(written), by }));
  const replacements = [...(voiceText === 'plain' ? [...MARKUP, ...UNSPOKEN] : []), ...said];
  return (sentence) => {
    const { text, ends } = replacements.reduce(replace, { text: sentence, ends: undefined });
    const toWritten = (end: number): number =>
      end >= text.length ? sentence.length : (ends?.[end - 1] ?? Math.max(end, 0));
    return { text, toWritten };
  };
}

function toPattern(written: string | RegExp): RegExp {
  if (written instanceof RegExp) return new RegExp(written.source, `${written.flags.replace(/[gy]/g, '')}g`);
  return standingAlone(written, 'i');
}

/** `ends`: for each character, where in the written sentence it ends; undefined where nothing was replaced. */
interface Aligned {
  readonly text: string;
  readonly ends: readonly number[] | undefined;
}

function replace(aligned: Aligned, { pattern, by }: Replacement): Aligned {
  const matches = [...aligned.text.matchAll(pattern)];
  if (matches.length === 0) return aligned;
  const before = aligned.ends ?? Array.from({ length: aligned.text.length }, (_, index) => index + 1);
  const ends: number[] = [];
  let text = '';
  let at = 0;
  const keepUntil = (end: number): void => {
    text += aligned.text.slice(at, end);
    ends.push(...before.slice(at, end));
    at = end;
  };
  for (const match of matches) {
    keepUntil(match.index);
    const spoken = by.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
    at = match.index + match[0].length;
    // A replaced piece has been said when its last character has.
    for (let left = spoken.length; left > 0; left -= 1)
      ends.push((left === 1 ? before[at - 1] : before[match.index - 1]) ?? 0);
    text += spoken;
  }
  keepUntil(aligned.text.length);
  return { text, ends };
}
