import { readAsked, type Asked } from './asked.ts';
import { isRecording, RecordedReplies, type Recording } from './recording.ts';
import { isReply, toChunks, type Reply, type TimedChunk } from './reply.ts';
import { ScriptError } from './script-error.ts';
import type { ModelRequest } from '../model.ts';

/** A reply, or what makes one of what was asked and of what tools gave. */
export type ReplyFor = Reply | ((asked: Asked) => Reply);

/** What the model does when the caller says certain words. */
export interface Rule {
  /** Words that occur in the caller's, whatever their case; a pattern; or a condition. Default: any words. */
  readonly when?: string | RegExp | ((asked: Asked) => boolean);
  /** The reply, or one for each time that the model is asked in the turn: calls first, and the answer last. The last one stays. */
  readonly reply: ReplyFor | readonly ReplyFor[];
}

/** What the model says: replies in their order, rules of which the first that fits counts, or what a real model said. */
export type Script = readonly Reply[] | readonly Rule[] | Recording;

export const A_REPLY = "a reply is words, call('name', { … }), or an object with 'text', 'calls' or 'pieces'";

/** Gives the reply to each request. Throws ScriptError where the script has none. */
export type Answer = (request: ModelRequest) => readonly TimedChunk[];

export function createAnswer(script: Script): Answer {
  if (isRecording(script)) {
    const replies = new RecordedReplies(script);
    return (request) => replies.next(readAsked(request));
  }
  if (areRules(script)) return (request) => toChunks(replyByRules(script, readAsked(request)));
  return inOrder(script);
}

function areRules(script: readonly Reply[] | readonly Rule[]): script is readonly Rule[] {
  const rules = script.filter((entry) => typeof entry === 'object' && 'reply' in entry);
  if (rules.length > 0 && rules.length < script.length) {
    throw new ScriptError('A script has either rules or replies; got both in one list');
  }
  return rules.length > 0;
}

function inOrder(replies: readonly Reply[]): Answer {
  let count = 0;
  return (request) => {
    const reply = replies[count];
    count += 1;
    if (reply !== undefined) return toChunks(reply);
    const { said, round } = readAsked(request);
    const asked = `the model was asked once more, in round ${round} after '${said}'`;
    throw new ScriptError(`The script has ${replies.length} replies, and ${asked}; add a reply`);
  };
}

function replyByRules(rules: readonly Rule[], asked: Asked): Reply {
  const reply = findReply(rules, asked);
  if (reply !== undefined) return reply;
  throw new ScriptError(`No rule of the script fits '${asked.said}'; add one, or a last one without 'when'`);
}

/**
 * The reply of the first rule that fits; undefined where none does.
 * @throws ScriptError where the rule that fits gives no reply, and whatever its functions throw
 */
export function findReply(rules: readonly Rule[], asked: Asked): Reply | undefined {
  const rule = rules.find(({ when }) => fits(when, asked));
  if (!rule) return undefined;
  const replies = repliesOf(rule);
  const reply = replies[Math.min(asked.round, replies.length) - 1];
  if (reply === undefined) throw new ScriptError(`The rule that fits '${asked.said}' has an empty list of replies`);
  const made: unknown = typeof reply === 'function' ? reply(asked) : reply;
  if (isReply(made)) return made;
  const where = `The rule that fits '${asked.said}' gives no reply in round ${asked.round}`;
  throw new ScriptError(`${where}: got ${describe(made)}; ${A_REPLY}`);
}

export function repliesOf({ reply }: Rule): readonly ReplyFor[] {
  return Array.isArray(reply) ? (reply as readonly ReplyFor[]) : [reply as ReplyFor];
}

function fits(when: Rule['when'], asked: Asked): boolean {
  if (when === undefined) return true;
  if (typeof when === 'function') return when(asked);
  return typeof when === 'string'
    ? asked.said.toLowerCase().includes(when.toLowerCase())
    : new RegExp(when.source, when.flags.replace(/[gy]/g, '')).test(asked.said);
}

/** What a value is, without its words. */
export function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'a list';
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
