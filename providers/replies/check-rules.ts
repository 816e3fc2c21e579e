import { isReply } from './reply.ts';
import { A_REPLY, describe, type ReplyFor, repliesOf, type Rule } from './script.ts';

/** What is wrong with a value that is to be a list of rules, a sentence each. */
export function rulesFaults(value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    return [`it must be a list of rules, e.g. [{ when: 'hello', reply: 'Good morning.' }]; got ${describe(value)}`];
  }
  return value.flatMap((rule: unknown, index) => ruleFaults(rule).map((fault) => `rule ${index + 1} ${fault}`));
}

function ruleFaults(rule: unknown): readonly string[] {
  if (isReply(rule)) return ["is a reply without a rule; write { when: 'words of the caller', reply: … }"];
  if (typeof rule !== 'object' || rule === null)
    return [`must be an object with 'when' and 'reply'; got ${describe(rule)}`];
  const { when, reply } = rule as Readonly<Record<string, unknown>>;
  return [...whenFaults(when), ...(reply === undefined ? ["has no 'reply'"] : replyFaults(rule as Rule))];
}

function whenFaults(when: unknown): readonly string[] {
  const isCondition = when === undefined || ['string', 'function'].includes(typeof when) || when instanceof RegExp;
  return isCondition ? [] : [`has a 'when' that is ${describe(when)}; it must be words, a pattern or a function`];
}

function replyFaults(rule: Rule): readonly string[] {
  const replies: readonly unknown[] = repliesOf(rule);
  if (replies.length === 0) return ["has an empty list as 'reply'; add words"];
  const wrong = replies.find((reply) => typeof reply !== 'function' && !isReply(reply));
  if (wrong !== undefined) return [`has a 'reply' that is ${describe(wrong)}; ${A_REPLY}`];
  return isOnlyCalls(replies.at(-1) as ReplyFor)
    ? ["ends with a call, which would be made again and again; add the words that follow it: [call(…), 'words']"]
    : [];
}

function isOnlyCalls(reply: ReplyFor): boolean {
  if (typeof reply === 'string' || typeof reply === 'function') return false;
  if ('name' in reply) return true;
  const { text, calls = [], pieces } = reply;
  if (pieces) return pieces.some((piece) => piece.call) && !pieces.some((piece) => piece.text);
  return calls.length > 0 && text === undefined;
}
