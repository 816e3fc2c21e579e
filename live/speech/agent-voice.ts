import type { Agent } from '../../agent/agent.ts';
import { createAuthorVoice, type RunAuthor } from '../../providers/author-voice.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { CachedPhrases } from './cached-phrases.ts';
import { createSpokenForm } from './spoken-text.ts';
import type { Voice } from './synthesise.ts';

/** A voice that gives no sound for this long has failed. */
const VOICE_PATIENCE_MS = 5_000;

export interface AgentVoiceParts {
  readonly agent: Agent;
  /** For an agent without a voice of its own. */
  readonly speech: TextToSpeech;
  /** Runs the code of an agent's own voice. */
  readonly run?: RunAuthor;
}

export interface AgentVoice {
  readonly voice: Voice;
  /** Synthesises the apology while the voice is up. Rejects with a ProviderFailure. */
  readonly cacheApology: (signal: AbortSignal) => Promise<void>;
}

/** What turns speak with: the agent's own voice, or else another one, in the agent's manner. */
export function createAgentVoice({ agent, speech, run }: AgentVoiceParts): AgentVoice {
  const own = agent.speech && createAuthorVoice(agent.speech, run);
  const toSpoken = createSpokenForm(agent);
  const textToSpeech = new CachedPhrases(own ?? speech, toSpoken);
  const { voice: name, language, voiceSpeed: speed, voiceInstructions: instructions } = agent;
  const manner = {
    language,
    ...(speed !== undefined && { speed }),
    ...(instructions !== undefined && { instructions }),
  };
  return {
    voice: { textToSpeech, name, manner, toSpoken, patienceMs: VOICE_PATIENCE_MS },
    cacheApology: (signal) => textToSpeech.add(agent.terms.apology, { voice: name, ...manner }, signal),
  };
}
