import type { Logger } from 'pino';
import type { AuthorCode } from '../live/calls/author-code.ts';
import { createAgentVoice, type AgentVoiceParts } from '../live/speech/agent-voice.ts';
import type { Voice } from '../live/speech/synthesise.ts';
import type { OnRest } from '../live/speech/voice-rest.ts';

/** How long synthesising the apology may take when a process starts. */
const APOLOGY_MS = 30_000;

/** What is counted of voices, by name. */
export interface VoiceMeter {
  readonly rests: (voice: string) => void;
  readonly speaks: (voice: string) => void;
}

export interface VoiceParts extends Pick<AgentVoiceParts, 'agent' | 'speech' | 'fallbackSpeech' | 'clock'> {
  readonly authors: AuthorCode;
  readonly logger: Logger;
  readonly voiceMeter?: VoiceMeter;
}

/** The voice of a process, which begins to synthesise the apology. */
export function openVoice({ authors, logger, voiceMeter, ...parts }: VoiceParts): Voice {
  const onRest = createReport(logger, voiceMeter);
  const { voice, cacheApology } = createAgentVoice({ ...parts, onRest, run: (code) => authors.run({}, code) });
  for (const name of [voice.name, voice.fallback?.name]) if (name !== undefined) voiceMeter?.speaks(name);
  // Losing it is safe: it is then synthesised when it is said.
  cacheApology(AbortSignal.timeout(APOLOGY_MS)).catch((error: unknown) => {
    logger.warn(
      { err: error },
      'The apology could not be synthesised in advance; if the voice is down it will be text',
    );
  });
  return voice;
}

/** One line when a voice begins to rest, and one when it speaks again, however many sentences it does not say. */
function createReport(logger: Logger, meter: VoiceMeter | undefined): (voice: string) => OnRest {
  return (voice) => ({
    rests: (failure) => {
      meter?.rests(voice);
      logger.warn(
        { voice, err: failure },
        'The voice has failed and rests; until it speaks again its sentences are said by the fallback voice, or are text',
      );
    },
    speaks: () => {
      meter?.speaks(voice);
      logger.info({ voice }, 'The voice speaks again');
    },
  });
}
