import type { Agent } from '../../agent/agent.ts';
import { createAuthorVoice, type RunAuthor } from '../../providers/author-voice.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { type Clock, processClock } from '../../time/clock.ts';
import { CachedPhrases } from './cached-phrases.ts';
import { SpeechVoices } from './speech-voices.ts';
import { createSpokenForm } from './spoken-text.ts';
import type { NamedVoice, Voice } from './synthesise.ts';
import { type OnRest, VoiceRest } from './voice-rest.ts';

/** A voice that gives no sound for this long has failed. */
const VOICE_PATIENCE_MS = 5_000;

export interface AgentVoiceParts {
  readonly agent: Agent;
  /** For an agent without a voice of its own. */
  readonly speech: TextToSpeech;
  /** For a fallback voice that is not the author's own. Default: the same server. */
  readonly fallbackSpeech?: TextToSpeech;
  /** Runs the code of an agent's own voice. */
  readonly run?: RunAuthor;
  /** Default: the process's own. */
  readonly clock?: Clock;
  /** Told when a voice rests, by its name. */
  readonly onRest?: (voice: string) => OnRest;
}

export interface AgentVoice {
  readonly voice: Voice;
  /** Synthesises the apology while a voice is up. Rejects with a ProviderFailure. */
  readonly cacheApology: (signal: AbortSignal) => Promise<void>;
}

/** What turns speak with: the agent's own voice, or else another one, in the agent's manner; and its fallback voice. */
export function createAgentVoice(parts: AgentVoiceParts): AgentVoice {
  const { agent, speech, fallbackSpeech = speech, clock = processClock } = parts;
  const { language, voiceSpeed: speed, voiceInstructions: instructions, fallbackVoice } = agent;
  const toSpoken = createSpokenForm(agent);
  const phrases = new CachedPhrases({ toSpoken, language });
  const second = fallbackVoice && { name: fallbackVoice.name, own: fallbackVoice.speech, server: fallbackSpeech };
  const voice: Voice = {
    ...createVoice(parts, { name: agent.voice, own: agent.speech, server: speech }),
    ...(second && { fallback: createVoice(parts, second) }),
    manner: {
      language,
      ...(speed !== undefined && { speed }),
      ...(instructions !== undefined && { instructions }),
    },
    ...{ toSpoken, patienceMs: VOICE_PATIENCE_MS },
    cached: (spoken) => phrases.find(spoken),
  };
  const cacheApology = async (signal: AbortSignal): Promise<void> => {
    const voices = new SpeechVoices(voice);
    await phrases.add(agent.terms.apology, (spoken) => voices.say(spoken, { clock, signal }));
  };
  return { voice, cacheApology };
}

interface GivenVoice {
  readonly name: string;
  /** The author's. */
  readonly own: TextToSpeech | undefined;
  readonly server: TextToSpeech;
}

function createVoice(
  { run, clock = processClock, onRest }: AgentVoiceParts,
  { name, own, server }: GivenVoice,
): NamedVoice {
  const textToSpeech = own ? createAuthorVoice(own, run) : server;
  return { name, textToSpeech, rest: new VoiceRest(clock, onRest?.(name)) };
}
