import type { Json } from '../../contract/items.ts';
import type { ModelMessage, ModelRequest } from '../model.ts';

/** What the model is asked, as far as a script looks at it. */
export interface Asked {
  /** The caller's last words. */
  readonly said: string;
  /** How often the model has been asked for a reply to these words, this time included: 1, 2, … */
  readonly round: number;
  /** What tools gave in this turn, by name; of several calls of a tool, the last one. */
  readonly results: Readonly<Record<string, Json>>;
  readonly request: ModelRequest;
}

export function readAsked(request: ModelRequest): Asked {
  const { messages } = request;
  const from = messages.findLastIndex(({ role }) => role === 'user');
  const turn = messages.slice(from + 1);
  const rounds = turn.filter((message) => message.role === 'assistant' && message.calls.length > 0).length;
  return { said: messages[from]?.text ?? '', round: rounds + 1, results: readResults(turn), request };
}

function readResults(turn: readonly ModelMessage[]): Readonly<Record<string, Json>> {
  const calls = turn.flatMap((message) => (message.role === 'assistant' ? message.calls : []));
  const results = turn.flatMap((message) => {
    if (message.role !== 'tool') return [];
    const name = calls.find(({ id }) => id === message.callId)?.name;
    return name === undefined ? [] : [[name, toJson(message.text)] as const];
  });
  return Object.fromEntries(results);
}

/** A result that is text stands there as it is. */
function toJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
