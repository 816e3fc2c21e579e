// How callers reach a contestant: Legato by its own HTTP, the others by `turn-server.ts`.
import { Agent, fetch } from 'undici';
import { wordsOf } from './script.ts';

/** One caller, whose conversation or session is open. */
export interface Line {
  /** Throws a Refusal if the turn is refused. */
  post(key: string): Promise<Interruptible>;
  close(): Promise<void>;
}

export interface Interruptible {
  interrupt(): Promise<void>;
}

export type Entrance = (url: string) => Promise<Line>;

/** The contestant refused a request. */
export class Refusal extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfter: string | null) {
    super(message);
    this.retryAfterMs = Number(retryAfter ?? 1) * 1_000;
  }
}

// Connections are there before they are needed, and stay.
const dispatcher = new Agent({ keepAliveTimeout: 60_000, connections: 256 });

async function post<Answer>(url: string, body: object = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), dispatcher });
  const text = await response.text();
  if (!response.ok)
    throw new Refusal(`${url} answered ${response.status}: ${text}`, response.headers.get('retry-after'));
  return JSON.parse(text) as Answer;
}

export const openLegatoLine: Entrance = async (url) => {
  const { id } = await post<{ id: string }>(`${url}/v1/conversations`);
  return {
    post: async (key) => {
      const turn = await post<{ id: string }>(`${url}/v1/conversations/${id}/turns`, { input: { text: wordsOf(key) } });
      return { interrupt: async () => void (await post(`${url}/v1/turns/${turn.id}/interrupt`)) };
    },
    close: () => Promise.resolve(),
  };
};

export const openCallerLine: Entrance = async (url) => {
  const { id } = await post<{ id: string }>(`${url}/callers`);
  const at = `${url}/callers/${id}`;
  const interrupt = async () => void (await post(`${at}/interrupt`));
  return {
    post: async (key) => {
      await post(`${at}/turns`, { key, words: wordsOf(key) });
      return { interrupt };
    },
    close: async () => void (await post(`${at}/close`)),
  };
};
