import type { Config } from '../config.ts';

type Server = NonNullable<Config['openai']>;

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
const CHECK_MS = 5_000;

export interface ProviderCheck {
  /** What was found, e.g. `the key is accepted`. */
  readonly found: string;
  readonly isProblem: boolean;
}

export interface Wanted {
  /** The variable with the key. */
  readonly key: string;
  /** That the server should have. */
  readonly voice?: string;
}

/**
 * Asks a server of the OpenAI wire for its list of models, which costs nothing and needs a valid key, and for its list of
 * voices, which few servers have: where there is none, whether it has the voice shows when it speaks.
 */
export async function checkProvider({ apiKey, baseURL }: Server, { key, voice }: Wanted): Promise<ProviderCheck> {
  const base = (baseURL ?? OPENAI_BASE_URL).replace(/\/$/, '');
  const url = `${base}/models`;
  try {
    const { status, body } = await get(url, apiKey);
    await body?.cancel();
    if (status === 401 || status === 403) {
      return { found: `the key is refused with status ${status}; check ${key}`, isProblem: true };
    }
    const missing = voice === undefined ? undefined : await missingVoice(`${base}/audio/voices`, apiKey, voice);
    if (missing !== undefined) return { found: missing, isProblem: true };
    if (status < 300) return { found: 'the key is accepted', isProblem: false };
    return { found: `the key could not be checked: '${url}' answers with status ${status}`, isProblem: false };
  } catch (error) {
    return { found: `it cannot be reached (${whyOf(error)}); check the address and the network`, isProblem: true };
  }
}

function get(url: string, apiKey: string): Promise<Response> {
  return fetch(url, { headers: { authorization: `Bearer ${apiKey}` }, signal: AbortSignal.timeout(CHECK_MS) });
}

const NAMED_VOICES = 10;

/** Undefined where the server has the voice, or does not say which ones it has. */
async function missingVoice(url: string, apiKey: string, voice: string): Promise<string | undefined> {
  const names: readonly string[] = await voicesAt(url, apiKey).catch(() => []); // it is no part of the wire: any answer is fine
  // A name of other characters may be a mixture of several voices.
  if (names.length === 0 || names.includes(voice) || !/^\w+$/.test(voice)) return undefined;
  const more = names.length > NAMED_VOICES ? ` and ${names.length - NAMED_VOICES} more` : '';
  return `it has no voice '${voice}'; it has ${names.slice(0, NAMED_VOICES).join(', ')}${more}`;
}

/** As a list of names, or of objects with one, or an object with such a list. */
async function voicesAt(url: string, apiKey: string): Promise<readonly string[]> {
  const response = await get(url, apiKey);
  if (!response.ok) {
    await response.body?.cancel();
    return [];
  }
  const answer: unknown = await response.json();
  const { voices = answer } = (answer ?? {}) as { readonly voices?: unknown };
  return Array.isArray(voices) ? voices.flatMap(namesOf) : [];
}

function namesOf(voice: unknown): readonly string[] {
  if (typeof voice === 'string') return [voice];
  const { id, name, voice_id } = (voice ?? {}) as Record<string, unknown>;
  return [id, name, voice_id].filter((found) => typeof found === 'string');
}

/** Never by an error's message: that may quote the key. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the request could not be sent';
  if (error.name === 'TimeoutError') return `no answer within ${CHECK_MS} ms`;
  const { code } = (error.cause ?? error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'the request could not be sent';
}
