import type { Logger } from 'pino';
import type { Agent } from '../agent/agent.ts';
import type { AuthorCode } from '../live/calls/author-code.ts';
import { CachedPhrases } from '../live/speech/cached-phrases.ts';
import type { Voice } from '../live/speech/synthesise.ts';
import { createAuthorVoice } from '../providers/author-voice.ts';
import type { TextToSpeech } from '../providers/text-to-speech.ts';

/** A voice that gives no sound for this long has failed. */
const VOICE_PATIENCE_MS = 5_000;
/** How long synthesising the apology may take when a process starts. */
const APOLOGY_MS = 30_000;
export interface VoiceParts {
  /** The speech server's. */
  readonly speech: TextToSpeech;
  readonly agent: Agent;
  readonly authors: AuthorCode;
  readonly logger: Logger;
}

/** What turns speak with: the agent's own voice, or the speech server's, in the agent's manner. */
export function openVoice({ speech, agent, authors, logger }: VoiceParts): Voice {
  const own = agent.speech && createAuthorVoice(agent.speech, (code) => authors.run({}, code));
  const textToSpeech = new CachedPhrases(own ?? speech);
  const { voice: name, language, voiceSpeed: speed, voiceInstructions: instructions } = agent;
  const manner = {
    language,
    ...(speed !== undefined && { speed }),
    ...(instructions !== undefined && { instructions }),
  };
  // The apology is synthesised while the voice is up. Losing it is safe: it is then synthesised when it is said.
  const request = { voice: name, ...manner };
  textToSpeech.add(agent.terms.apology, request, AbortSignal.timeout(APOLOGY_MS)).catch((error: unknown) => {
    logger.warn(
      { err: error },
      'The apology could not be synthesised in advance; if the voice is down it will be text',
    );
  });
  return { textToSpeech, name, manner, patienceMs: VOICE_PATIENCE_MS };
}
