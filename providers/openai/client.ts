import OpenAI from 'openai';
import { Agent } from 'undici';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** How long a connection without a request is kept: longer than most pauses of a conversation. */
const IDLE_MS = 60_000;

export interface OpenAIClientOptions {
  readonly apiKey: string;
  /** Any server that speaks the OpenAI wire; default OpenAI's own. */
  readonly baseURL?: string;
}

/**
 * One client per process: its connections are kept alive and shared by model and speech. It never asks twice by itself, since
 * retries belong to the caller, takes nothing from the environment, and logs nothing, since its log holds what callers said.
 */
export function createOpenAIClient({ apiKey, baseURL = OPENAI_BASE_URL }: OpenAIClientOptions): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL,
    maxRetries: 0,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    // Node's own agent drops an idle connection after 4 s: most turns would begin with a new TLS handshake.
    fetchOptions: { dispatcher: new Agent({ keepAliveTimeout: IDLE_MS }) },
  });
}
