// The turns that every contestant plays, and what the scripted model says in them. A turn is known by its key, which stands in the
// caller's words: so the model, the tool and the bench know which turn it is, without any contestant passing it on.
import type { Delays } from '../../providers/scripted/script.ts';
import type { ScriptedReply } from '../../providers/scripted/scripted-reply.ts';

/** `talk`: an order where the model says something before it calls the tool. */
export type Kind = 'ask' | 'order' | 'talk' | 'long' | 'hold';
export type Pace = 'quick' | 'slow';

/** About what hosted services take; or nothing, so that only the contestant's own time is left. A reply's tokens come together. */
const delaysOf: Record<Pace, Delays> = {
  quick: { firstTokenMs: 0, tokenMs: 0, voiceFirstMs: 0, voiceChunkMs: 0 },
  slow: { firstTokenMs: 250, tokenMs: 0, voiceFirstMs: 100, voiceChunkMs: 0 },
};
const toolMsOf: Record<Pace, number> = { quick: 0, slow: 300 };
/** A tool that waits to be aborted. */
const HOLD_MS = 8_000;

/** Ends before the tool does, so that the answer does not wait for it. */
const preamble = 'Hm.';
/** Short, because a turn lasts as long as its speech. The voice finds its delay by the words, so each pace has its own. */
const answers: Record<Pace, string> = { quick: 'No.', slow: 'Ok.' };
const longAnswer =
  'It left our warehouse in the north this morning and will be with you on Tuesday between nine and noon at the latest.';

export const INSTRUCTIONS = 'You help callers of a shop.';
export const TOOL = {
  name: 'find_order',
  description: 'Finds an order by its number',
  argument: 'order_id',
} as const;

export function keyOf(kind: Kind, pace: Pace, number: number): string {
  return `${kind}-${pace}-${number}`;
}

export function wordsOf(key: string): string {
  return `Where is my order ${key}?`;
}

export interface Keyed {
  readonly key: string;
  readonly kind: Kind;
  readonly pace: Pace;
}

/** The turn that some words belong to. */
export function readKey(words: string): Keyed | undefined {
  const found = /(ask|order|talk|long|hold)-(quick|slow)-\d+/.exec(words);
  return found ? { key: found[0], kind: found[1] as Kind, pace: found[2] as Pace } : undefined;
}

/** What the model says first; or, `afterTool`, once it has the result. */
export function replyFor({ kind, pace, key }: Keyed, afterTool: boolean): ScriptedReply {
  if (kind === 'long') return { text: longAnswer };
  if (kind === 'ask' || afterTool) return { text: answers[pace] };
  const calls = [{ name: TOOL.name, arguments: { [TOOL.argument]: key } }];
  return kind === 'talk' ? { text: preamble, calls } : { calls };
}

export function delaysFor({ pace }: Keyed): Delays {
  return delaysOf[pace];
}

export function toolMsFor({ kind, pace }: Keyed): number {
  return kind === 'hold' ? HOLD_MS : toolMsOf[pace];
}

/** What model and voice take by the script, from the post to the first frame of what the model says first. */
export function explainedFirstMs(pace: Pace): number {
  const { firstTokenMs, voiceFirstMs } = delaysOf[pace];
  return firstTokenMs + voiceFirstMs;
}

/** The same to the first frame of an answer that needs the tool. */
export function explainedAnswerMs(pace: Pace): number {
  return explainedFirstMs(pace) + toolMsOf[pace] + delaysOf[pace].firstTokenMs;
}
