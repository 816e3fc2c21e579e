import { ProblemDetails } from '../../../contract/http.ts';
import type { FrontEnd } from '../topology/topology.ts';

/** A device waits so long for an answer. */
const PATIENCE_MS = 6_000;

export interface Answer {
  /** 0: it was lost. */
  readonly status: number;
  /** In a word: the status, the type of a refusal, or how the answer was lost. */
  readonly word: string;
  readonly body: unknown;
}

/** Sends one request to one front end. Never throws: devices see all sorts of answers. */
export async function ask(
  { url }: FrontEnd,
  path: string,
  { body, headers = {} }: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json();
    const problem = ProblemDetails.safeParse(answer);
    const word = problem.success ? (problem.data.type.split(':').at(-1) ?? '') : String(response.status);
    return { status: response.status, word, body: answer };
  } catch (error) {
    return { status: 0, word: error instanceof Error ? error.name : 'lost', body: undefined };
  }
}
