import { type Clock, pause, processClock } from '../../time/clock.ts';
import { ProviderFailure } from '../failure.ts';
import type { LanguageModel } from '../model.ts';
import { type Asked, readAsked } from './asked.ts';
import { type Reply, type TimedChunk, toChunks } from './reply.ts';
import { findReply, type Rule } from './script.ts';

export interface RepliesModelParts {
  readonly rules: readonly Rule[];
  /** The path of the module with the rules, as the author knows it. */
  readonly path: string;
  /** No rule fits what is asked: the caller hears so. */
  readonly onUnmatched: () => void;
}

/** The model of an author who has no key: it answers by rules, in the time that they say. */
export function createRepliesModel(parts: RepliesModelParts): LanguageModel {
  return {
    reply: (request, signal) => playChunks(toChunks(replyTo(readAsked(request), parts)), processClock, signal),
  };
}

export async function* playChunks(
  chunks: readonly TimedChunk[],
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<TimedChunk['chunk']> {
  for (const { afterMs, chunk } of chunks) {
    await pause(clock, afterMs, signal);
    signal.throwIfAborted();
    yield chunk;
  }
}

function replyTo(asked: Asked, { rules, path, onUnmatched }: RepliesModelParts): Reply {
  try {
    const reply = findReply(rules, asked);
    if (reply !== undefined) return reply;
  } catch (error) {
    throw new ProviderFailure(`A rule of '${path}' failed; correct it`, { retryable: false, cause: error });
  }
  onUnmatched();
  return apologize(asked.said, path.replace(/^.*[\\/]/, ''));
}

const MAX_QUOTED_CHARS = 100;

/** Names the words, so that the author knows which rule is missing. */
function apologize(said: string, fileName: string): string {
  const words = said.length > MAX_QUOTED_CHARS ? `${said.slice(0, MAX_QUOTED_CHARS)}…` : said;
  const missing = words === '' ? 'the beginning of a conversation' : `“${words}”`;
  return `I am sorry, I have no reply yet to ${missing}. Please add a rule for it to ${fileName}.`;
}
