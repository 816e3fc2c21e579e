import { ProviderFailure } from '../providers/failure.ts';
import type { LanguageModel, ModelRequest } from '../providers/model.ts';
import { withPatience } from './patience.ts';

export interface ReplySetting {
  readonly model: LanguageModel;
  /** Longest silence of the model before it counts as failed. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
}

export interface ReplyCall {
  name: string;
  /** JSON text as the model wrote it. */
  arguments: string;
}

export interface Reply {
  text: string;
  readonly calls: ReplyCall[];
}

const GO_ON =
  'The line broke while you were speaking. The caller heard your last message; go on exactly where it ends, and repeat nothing of it.';

/**
 * One reply of the model. A failure that may pass is tried once more at once; if words were said before it, the model
 * is asked to go on from there. Throws the second failure; `reply` then holds what was said.
 */
export async function streamReply(request: ModelRequest, reply: Reply, setting: ReplySetting): Promise<void> {
  try {
    await readReply(request, reply, setting);
  } catch (error) {
    if (!(error instanceof ProviderFailure) || !error.retryable) throw error;
    reply.calls.length = 0;
    await readReply(reply.text === '' ? request : goOn(request, reply.text), reply, setting);
  }
}

async function readReply(request: ModelRequest, reply: Reply, setting: ReplySetting): Promise<void> {
  const { model, patienceMs, signal, onText } = setting;
  const calls = new Map<number, ReplyCall>();
  const open = (inner: AbortSignal) => model.reply(request, inner);
  for await (const chunk of withPatience(open, { of: 'The model', patienceMs, signal })) {
    if (chunk.type === 'text') {
      reply.text += chunk.text;
      onText(chunk.text);
      continue;
    }
    const call = calls.get(chunk.index) ?? { name: '', arguments: '' };
    calls.set(chunk.index, call);
    call.name ||= chunk.name ?? '';
    call.arguments += chunk.arguments;
  }
  reply.calls.push(...calls.values());
  if (reply.text.trim() === '' && reply.calls.length === 0) {
    throw new ProviderFailure('The model sent an empty reply', { retryable: true });
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
