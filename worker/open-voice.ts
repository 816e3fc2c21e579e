import type { Logger } from 'pino';
import type { AuthorCode } from '../live/calls/author-code.ts';
import { createAgentVoice, type AgentVoiceParts } from '../live/speech/agent-voice.ts';
import type { Voice } from '../live/speech/synthesise.ts';

/** How long synthesising the apology may take when a process starts. */
const APOLOGY_MS = 30_000;

export interface VoiceParts extends Pick<AgentVoiceParts, 'agent' | 'speech'> {
  readonly authors: AuthorCode;
  readonly logger: Logger;
}

/** The voice of a process, which begins to synthesise the apology. */
export function openVoice({ speech, agent, authors, logger }: VoiceParts): Voice {
  const { voice, cacheApology } = createAgentVoice({ agent, speech, run: (code) => authors.run({}, code) });
  // Losing it is safe: it is then synthesised when it is said.
  cacheApology(AbortSignal.timeout(APOLOGY_MS)).catch((error: unknown) => {
    logger.warn(
      { err: error },
      'The apology could not be synthesised in advance; if the voice is down it will be text',
    );
  });
  return voice;
}
