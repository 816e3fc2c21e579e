import { ProviderFailure } from '../providers/failure.ts';
import type { LanguageModel, ModelRequest } from '../providers/model.ts';
import type { Clock } from './clock.ts';
import { withPatience } from './patience.ts';
import type { RoundWords } from './round-words.ts';

export interface ReplySetting {
  readonly model: LanguageModel;
  /** Longest silence of the model before it counts as failed. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Asked when the model has failed for good. */
  readonly fallbackModel: string | undefined;
  readonly signal: AbortSignal;
  /** Takes what the reply says, as it comes. */
  readonly words: RoundWords;
  /** Told of a call as soon as its arguments are whole, while the reply may go on. */
  readonly onCall?: (index: number, call: ReplyCall) => void;
}

export interface ReplyCall {
  name: string;
  /** JSON text as the model wrote it. */
  arguments: string;
}

const GO_ON =
  'The line broke while you were speaking. The caller heard your last message; go on exactly where it ends, and repeat nothing of it.';

/**
 * One reply of the model: its words go where they are said, its calls come back. A failure that may pass is tried once
 * more at once, then the fallback model is asked, if there is one; if words were said before, it is asked to go on from
 * there. Throws the last failure.
 */
export async function streamReply(request: ModelRequest, setting: ReplySetting): Promise<readonly ReplyCall[]> {
  const { fallbackModel, words } = setting;
  const ask = async (model: string): Promise<readonly ReplyCall[]> =>
    readReply({ ...(words.isWordless ? request : goOn(request, words.text)), model }, setting);
  try {
    return await ask(request.model).catch((error: unknown) => {
      if (error instanceof ProviderFailure && error.retryable) return ask(request.model);
      throw error;
    });
  } catch (error) {
    if (!(error instanceof ProviderFailure) || fallbackModel === undefined) throw error;
    return ask(fallbackModel);
  }
}

async function readReply(request: ModelRequest, setting: ReplySetting): Promise<readonly ReplyCall[]> {
  const { model, patienceMs, clock, signal, words, onCall } = setting;
  const calls = new Map<number, ReplyCall>();
  words.restart();
  const open = (inner: AbortSignal) => model.reply(request, inner);
  for await (const chunk of withPatience(open, { of: 'The model', patienceMs, clock, signal })) {
    signal.throwIfAborted();
    if (chunk.type === 'text') {
      words.own(chunk.text);
      continue;
    }
    const call = calls.get(chunk.index) ?? { name: '', arguments: '' };
    calls.set(chunk.index, call);
    call.name ||= chunk.name ?? '';
    call.arguments += chunk.arguments;
    words.argument(chunk.index, chunk.arguments);
    if (isWhole(call)) onCall?.(chunk.index, { ...call });
  }
  if (words.isWordless && calls.size === 0) {
    throw new ProviderFailure('The model sent an empty reply', { retryable: true });
  }
  return [...calls.values()];
}

function isWhole({ name, arguments: text }: ReplyCall): boolean {
  if (name === '' || !text.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // a brace within the arguments
  }
}

function goOn(request: ModelRequest, said: string): ModelRequest {
  const messages = [
    ...request.messages,
    { role: 'assistant', text: said, calls: [] } as const,
    { role: 'system', text: GO_ON } as const,
  ];
  return { ...request, messages };
}
