type Environment = Readonly<Record<string, string | undefined>>;

type Variables = Readonly<
  Partial<
    Record<
      'OPENAI_API_KEY' | 'OPENAI_BASE_URL' | `LEGATO_${'FALLBACK_' | ''}VOICE_${'API_KEY' | 'BASE_URL' | 'MODEL'}`,
      string | undefined
    >
  >
>;

/** A server that speaks the OpenAI wire; without a URL OpenAI's own. */
export interface OpenAIServer {
  readonly apiKey: string;
  readonly baseURL?: string;
}

export interface SpeechServer extends OpenAIServer {
  readonly model?: string;
}

export interface Voices {
  readonly voice?: SpeechServer;
  readonly fallbackVoice?: SpeechServer;
}

/** Faults of the variables of voices together: a key is only sent to the server that it is for. */
export function voiceFaults(env: Environment): string[] {
  return [...ofVoice(env), ...ofFallbackVoice(env)];
}

function ofVoice(env: Environment): string[] {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = env;
  const { LEGATO_VOICE_API_KEY: voiceKey, LEGATO_VOICE_BASE_URL: voiceURL, LEGATO_VOICE_MODEL: model } = env;
  if (voiceKey !== undefined && voiceURL === undefined && url !== undefined) {
    return [
      'LEGATO_VOICE_API_KEY is set without LEGATO_VOICE_BASE_URL; set that too, to the address of the speech server: a key of its own is not sent to OPENAI_BASE_URL',
    ];
  }
  if (voiceKey !== undefined) return [];
  if (voiceURL !== undefined && voiceURL !== url) {
    return [
      'LEGATO_VOICE_BASE_URL is set without LEGATO_VOICE_API_KEY; set that too, to any word if the server needs none: OPENAI_API_KEY is not sent to another server',
    ];
  }
  if (model === undefined || key !== undefined) return [];
  return [
    `LEGATO_VOICE_MODEL is '${model}', but the voice is the scripted one; set LEGATO_VOICE_API_KEY or OPENAI_API_KEY too`,
  ];
}

function ofFallbackVoice(env: Environment): string[] {
  const { LEGATO_FALLBACK_VOICE_API_KEY: key, LEGATO_FALLBACK_VOICE_BASE_URL: url } = env;
  const inheritedURL = env['LEGATO_VOICE_BASE_URL'] ?? env['OPENAI_BASE_URL'];
  if (key !== undefined) {
    if (url !== undefined || inheritedURL === undefined) return [];
    return [
      'LEGATO_FALLBACK_VOICE_API_KEY is set without LEGATO_FALLBACK_VOICE_BASE_URL; set that too, to the address of the speech server: a key of its own is not sent to that of the voice',
    ];
  }
  const hasVoiceKey = env['LEGATO_VOICE_API_KEY'] !== undefined || env['OPENAI_API_KEY'] !== undefined;
  if (url !== undefined && (url !== inheritedURL || !hasVoiceKey)) {
    return [
      'LEGATO_FALLBACK_VOICE_BASE_URL is set without LEGATO_FALLBACK_VOICE_API_KEY; set that too, to any word if the server needs none: the key of the voice is not sent to another server',
    ];
  }
  const { LEGATO_FALLBACK_VOICE_MODEL: model } = env;
  if (model === undefined || hasVoiceKey) return [];
  return [
    `LEGATO_FALLBACK_VOICE_MODEL is '${model}', but the voice is the scripted one; set LEGATO_FALLBACK_VOICE_API_KEY too`,
  ];
}

/** Where voices are. What is not set of the voice is that of the model, and of the fallback voice that of the voice; a model belongs to its server. */
export function voicesOf(variables: Variables): Voices {
  const { OPENAI_API_KEY: modelKey, OPENAI_BASE_URL: modelURL } = variables;
  const { LEGATO_VOICE_API_KEY: apiKey = modelKey, LEGATO_VOICE_BASE_URL: baseURL = modelURL } = variables;
  const voice = toServer({ apiKey, baseURL, model: variables['LEGATO_VOICE_MODEL'] });
  const fallbackVoice = fallbackOf(variables, voice);
  return { ...(voice && { voice }), ...(fallbackVoice && { fallbackVoice }) };
}

function fallbackOf(variables: Variables, voice: SpeechServer | undefined): SpeechServer | undefined {
  const { LEGATO_FALLBACK_VOICE_API_KEY: key, LEGATO_FALLBACK_VOICE_BASE_URL: url } = variables;
  const { LEGATO_FALLBACK_VOICE_MODEL: named } = variables;
  if (key === undefined && url === undefined && named === undefined) return undefined;
  const model = named ?? (key === undefined ? voice?.model : undefined);
  return toServer({ apiKey: key ?? voice?.apiKey, baseURL: url ?? voice?.baseURL, model });
}

interface Named {
  readonly apiKey: string | undefined;
  readonly baseURL: string | undefined;
  readonly model: string | undefined;
}

function toServer({ apiKey, baseURL, model }: Named): SpeechServer | undefined {
  if (apiKey === undefined) return undefined;
  return { apiKey, ...(baseURL !== undefined && { baseURL }), ...(model !== undefined && { model }) };
}
