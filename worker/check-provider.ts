import type { Config } from '../config.ts';

type Server = NonNullable<Config['openai']>;

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
const CHECK_MS = 5_000;

export interface ProviderCheck {
  /** What was found, e.g. `the key is accepted`. */
  readonly found: string;
  readonly isProblem: boolean;
}

/** Asks a server of the OpenAI wire for its list of models, which costs nothing and needs a valid key. `variable` names that key. */
export async function checkProvider({ apiKey, baseURL }: Server, variable: string): Promise<ProviderCheck> {
  const url = `${(baseURL ?? OPENAI_BASE_URL).replace(/\/$/, '')}/models`;
  try {
    const headers = { authorization: `Bearer ${apiKey}` };
    const { status, body } = await fetch(url, { headers, signal: AbortSignal.timeout(CHECK_MS) });
    await body?.cancel();
    if (status === 401 || status === 403) {
      return { found: `the key is refused with status ${status}; check ${variable}`, isProblem: true };
    }
    if (status < 300) return { found: 'the key is accepted', isProblem: false };
    return { found: `the key could not be checked: '${url}' answers with status ${status}`, isProblem: false };
  } catch (error) {
    return { found: `it cannot be reached (${whyOf(error)}); check the address and the network`, isProblem: true };
  }
}

/** Never by an error's message: that may quote the key. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the request could not be sent';
  if (error.name === 'TimeoutError') return `no answer within ${CHECK_MS} ms`;
  const { code } = (error.cause ?? error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'the request could not be sent';
}
