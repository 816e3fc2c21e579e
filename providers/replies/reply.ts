import type { Json } from '../../contract/items.ts';
import type { ModelChunk } from '../model.ts';

export interface ScriptedCall {
  readonly name: string;
  readonly arguments: Json;
  /** The agent has no such tool, which the test wants to see. */
  readonly unknown?: boolean;
}

/** A part of a reply, and how long the model takes for it, in ms. */
export interface ReplyPiece {
  readonly afterMs?: number;
  readonly text?: string;
  readonly call?: ScriptedCall;
}

/** What the model writes when it is asked once: words, calls, or both. */
export interface FullReply {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Before the first word. Default 0. */
  readonly afterMs?: number;
  /** Instead of `text` and `calls`: the reply in pieces, each with its own delay. */
  readonly pieces?: readonly ReplyPiece[];
}

/** Words, one call, or a reply with all that it may have. */
export type Reply = string | ScriptedCall | FullReply;

export function isReply(value: unknown): value is Reply {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('name' in value) return typeof value.name === 'string' && 'arguments' in value;
  return 'text' in value || 'calls' in value || 'pieces' in value;
}

/**
 * For a reply: the model calls this tool. `args.preamble`, if it is there, are its words before the call. `unknown`: in a test,
 * the agent has no such tool, as where a model invents one.
 */
export function call(name: string, args: Json = {}, { unknown = false } = {}): ScriptedCall {
  return { name, arguments: args, ...(unknown && { unknown }) };
}

/** A piece of a reply as it comes over the wire, and what it takes, in ms. */
export interface TimedChunk {
  readonly afterMs: number;
  readonly chunk: ModelChunk;
  /** It calls a tool that the agent does not have, on purpose. */
  readonly unknown?: boolean;
}

export function toChunks(reply: Reply): readonly TimedChunk[] {
  let calls = 0;
  return toPieces(reply).map(({ afterMs = 0, text, call: asked }) => {
    if (asked === undefined) return { afterMs, chunk: { type: 'text', text: text ?? '' } };
    const index = calls;
    calls += 1;
    const { name, unknown = false } = asked;
    const chunk = { type: 'call', index, name, arguments: JSON.stringify(asked.arguments) } as const;
    return { afterMs, chunk, ...(unknown && { unknown }) };
  });
}

function toPieces(reply: Reply): readonly ReplyPiece[] {
  if (typeof reply === 'string') return [{ text: reply }];
  if ('name' in reply) return [{ call: reply }];
  const { text, calls = [], afterMs = 0, pieces } = reply;
  const whole = [...(text === undefined ? [] : [{ text }]), ...calls.map((asked) => ({ call: asked }))];
  // A piece has either words or a call.
  const parts = (pieces ?? whole).flatMap(({ text: words, call: asked, afterMs: ms = 0 }: ReplyPiece) => [
    ...(words === undefined ? [] : [{ text: words, afterMs: ms }]),
    ...(asked === undefined ? [] : [{ call: asked, afterMs: words === undefined ? ms : 0 }]),
  ]);
  return parts.map((part, index) => (index === 0 ? { ...part, afterMs: part.afterMs + afterMs } : part));
}
