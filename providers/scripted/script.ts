import type { Failure } from './failure-plan.ts';
import type { Refusal } from './wire/refusals.ts';
import type { Dialect } from './wire/dialects.ts';
import type { RequestView } from './request-view.ts';
import type { ScriptedReply } from './scripted-reply.ts';
import { asPcm, type SpeechDialect } from './voice/speech-dialects.ts';
import type { VoiceRequest } from './wire/chat-request.ts';

/** All conditions that are given must hold. */
export interface RuleCondition {
  /** Found in the last user message; text is compared without regard to case. */
  readonly user?: RegExp | string;
  /** The messages end with results, one of them of this tool (`true`: of any tool). `false`: they do not end with results. */
  readonly afterTool?: string | boolean;
  /** Which model call since the last user message, from 1. */
  readonly round?: number;
  /** Whether one of the results that the messages end with is an error. */
  readonly failed?: boolean;
}

export interface ScriptRule {
  readonly when?: RuleCondition;
  readonly reply?: ScriptedReply | ((view: RequestView) => ScriptedReply);
  readonly delays?: Partial<Delays>;
  readonly failure?: Failure;
  /** Default: by the book. */
  readonly dialect?: Dialect;
}

/** In ms. Tokens are about a word of text, or four characters of arguments; voice delays count per chunk of audio. */
export interface Delays {
  readonly firstTokenMs: number;
  readonly tokenMs: number;
  readonly voiceFirstMs: number;
  readonly voiceChunkMs: number;
}

/** It may be changed while the server runs; each request reads it once, when it arrives. */
export interface Script {
  /** The first rule whose condition holds answers. */
  rules: readonly ScriptRule[];
  delays: Delays;
  /** What it refuses beside what the real server does. Refused requests are not in the log of requests. */
  refuses?: readonly Refusal[];
  /** How it sends speech; a list: for the next requests, the last one for all that follow. Default: by the book. */
  speech?: SpeechDialect | SpeechDialect[];
  /** What of speech it refuses. Refused requests are in the log of requests. */
  refusesSpeech?: (request: VoiceRequest) => SpeechRefusal | undefined;
}

export interface SpeechRefusal {
  readonly status: number;
  readonly message?: string;
  readonly param?: string;
}

export interface Planned {
  readonly reply: ScriptedReply;
  readonly delays: Delays;
  readonly failure: Failure | undefined;
  readonly dialect: Dialect | undefined;
}

export const NO_DELAYS: Delays = { firstTokenMs: 0, tokenMs: 0, voiceFirstMs: 0, voiceChunkMs: 0 };

const DEFAULT_REPLY: ScriptedReply = {
  text: "I'm sorry, I don't have an answer to that. Is there anything else I can do for you?",
};

export function planReply(script: Script, view: RequestView): Planned {
  const rule = script.rules.find(({ when = {} }) => fits(when, view));
  const scripted = typeof rule?.reply === 'function' ? rule.reply(view) : rule?.reply;
  return {
    reply: permitted(scripted ?? DEFAULT_REPLY, view),
    delays: { ...script.delays, ...rule?.delays },
    failure: rule?.failure,
    dialect: rule?.dialect,
  };
}

export function takeSpeechDialect({ speech = asPcm }: Script): SpeechDialect {
  if (!Array.isArray(speech)) return speech;
  return (speech.length > 1 ? speech.shift() : speech[0]) ?? asPcm;
}

/** With `tool_choice` `none` a model cannot ask for tools, whatever the script says. */
function permitted(reply: ScriptedReply, view: RequestView): ScriptedReply {
  if (view.mayCall || reply.calls === undefined) return reply;
  const { calls: _, ...words } = reply;
  return { ...words, text: reply.text ?? DEFAULT_REPLY.text ?? '' };
}

function fits(when: RuleCondition, view: RequestView): boolean {
  const { latestResults } = view;
  return (
    (when.user === undefined || isSaid(when.user, view.user)) &&
    (when.afterTool === undefined || isAfter(when.afterTool, view)) &&
    (when.round === undefined || when.round === view.round) &&
    (when.failed === undefined || when.failed === latestResults.some((result) => result.failed))
  );
}

function isSaid(wanted: RegExp | string, said: string): boolean {
  if (typeof wanted === 'string') return said.toLowerCase().includes(wanted.toLowerCase());
  // Unlike `test`, `search` does not remember where an expression with the flag `g` stopped.
  return said.search(wanted) >= 0;
}

function isAfter(tool: string | boolean, { latestResults }: RequestView): boolean {
  if (typeof tool === 'boolean') return tool === latestResults.length > 0;
  return latestResults.some((result) => result.name === tool);
}
