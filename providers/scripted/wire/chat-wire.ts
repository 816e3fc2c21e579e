import { randomUUID } from 'node:crypto';
import type { ScriptedCall, ScriptedReply } from '../scripted-reply.ts';
import { inPieces, inWords } from './tokens.ts';

export type Delta = {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly tool_calls?: readonly CallDelta[];
};

interface CallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** The deltas of one reply, a token each: words of text, then of each call its id and name, then its arguments in pieces. */
export function toDeltas({ text = '', calls = [] }: ScriptedReply): Delta[] {
  const words = inWords(text).map((content): Delta => ({ content }));
  const [first = {}, ...rest] = [...words, ...calls.flatMap(toCallDeltas)];
  return [{ role: 'assistant', ...first }, ...rest];
}

export function finishReasonOf({ calls = [], finishReason }: ScriptedReply): string {
  return finishReason ?? (calls.length > 0 ? 'tool_calls' : 'stop');
}

function toCallDeltas(call: ScriptedCall, index: number): Delta[] {
  const id = `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const head: CallDelta = { index, id, type: 'function', function: { name: call.name, arguments: '' } };
  const pieces = inPieces(call.arguments).map((piece): CallDelta => ({
    index,
    function: { arguments: piece },
  }));
  return [head, ...pieces].map((delta) => ({ tool_calls: [delta] }));
}

/** Writes the events of one reply. */
export class ChatEvents {
  readonly #shared: object;

  constructor(model: string) {
    const created = Math.floor(Date.now() / 1000);
    this.#shared = { id: `chatcmpl-${randomUUID()}`, object: 'chat.completion.chunk', created, model };
  }

  delta(delta: Delta): string {
    return this.choice({ delta, finish_reason: null });
  }

  finish(finishReason: string): string {
    return this.choice({ delta: {}, finish_reason: finishReason });
  }

  choice(fields: object): string {
    return this.#event({ choices: [{ index: 0, ...fields }] });
  }

  usage(promptTokens: number, completionTokens: number): string {
    const usage = {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    };
    return this.#event({ choices: [], usage });
  }

  #event(fields: object): string {
    return `data: ${JSON.stringify({ ...this.#shared, ...fields })}\n\n`;
  }
}

export const DONE_EVENT = 'data: [DONE]\n\n';
export const GARBAGE_EVENT = 'data: {"choices": [{"delta": {"cont\n\n';
