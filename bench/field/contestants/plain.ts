// The loop that a developer writes first: one client, a list of messages, and no memory but the process's own.
import OpenAI from 'openai';
import { findOrder } from './find-order.ts';
import { Listener } from './listener.ts';
import { INSTRUCTIONS, TOOL } from '../script.ts';
import { type Caller, serveTurns } from './turn-server.ts';

type Message = OpenAI.ChatCompletionMessageParam;
interface Call {
  id: string;
  name: string;
  arguments: string;
}

const BYTES_PER_MS = 48;
const SENTENCE_END = /[.!?]\s/;

const openai = new OpenAI({ apiKey: 'scripted', baseURL: process.env['OPENAI_BASE_URL'] ?? '', maxRetries: 0 });
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: TOOL.name,
      description: TOOL.description,
      parameters: { type: 'object', properties: { [TOOL.argument]: { type: 'string' } }, required: [TOOL.argument] },
    },
  },
];

await serveTurns(() => Promise.resolve(openCaller()));

function openCaller(): Caller {
  const messages: Message[] = [{ role: 'system', content: INSTRUCTIONS }];
  const listener = new Listener();
  let stop = new AbortController();
  return {
    turn: async (key, words) => {
      stop = new AbortController();
      const { signal } = stop;
      listener.expect(key);
      const before = messages.push({ role: 'user', content: words });
      try {
        await answer({ messages, listener, signal });
        await listener.played();
      } catch (error) {
        if (!signal.aborted) throw error;
        messages.length = before; // a call without its result would be refused from now on
      }
    },
    interrupt: () => {
      stop.abort();
      listener.clear();
    },
    close: () => Promise.resolve(),
  };
}

interface Turn {
  readonly messages: Message[];
  readonly listener: Listener;
  readonly signal: AbortSignal;
}

async function answer(turn: Turn): Promise<void> {
  for (;;) {
    const { text, calls, said } = await round(turn);
    if (calls.length === 0) {
      turn.messages.push({ role: 'assistant', content: text });
      return said;
    }
    const wired = calls.map(({ id, ...called }) => ({ id, type: 'function' as const, function: called }));
    turn.messages.push({ role: 'assistant', content: text === '' ? null : text, tool_calls: wired });
    const results = Promise.all(calls.map((call) => run(call, turn.signal)));
    turn.messages.push(...(await Promise.all([results, said]))[0]);
  }
}

/** One model call; each sentence is spoken while the next one is written. */
async function round({
  messages,
  listener,
  signal,
}: Turn): Promise<{ text: string; calls: Call[]; said: Promise<void> }> {
  const stream = await openai.chat.completions.create({ model: 'scripted', messages, tools, stream: true }, { signal });
  const voice = new Voice(listener, signal);
  const calls: Call[] = [];
  let text = '';
  for await (const { choices } of stream) {
    const { content, tool_calls: pieces = [] } = choices[0]?.delta ?? {};
    text += content ?? '';
    voice.push(content ?? '');
    for (const piece of pieces) collect(calls, piece);
  }
  return { text, calls, said: voice.end() };
}

class Voice {
  readonly #listener: Listener;
  readonly #signal: AbortSignal;
  #pending = '';
  #said = Promise.resolve();

  constructor(listener: Listener, signal: AbortSignal) {
    this.#listener = listener;
    this.#signal = signal;
  }

  push(text: string): void {
    this.#pending += text;
    const end = SENTENCE_END.exec(this.#pending);
    if (!end) return;
    this.#say(this.#pending.slice(0, end.index + 1));
    this.#pending = this.#pending.slice(end.index + 2);
  }

  async end(): Promise<void> {
    if (this.#pending.trim() !== '') this.#say(this.#pending);
    await this.#said;
  }

  #say(sentence: string): void {
    this.#said = this.#said.then(() => speak(sentence, this.#listener, this.#signal));
    this.#said.catch(() => undefined); // `end` throws it
  }
}

function collect(calls: Call[], piece: OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall): void {
  const call = (calls[piece.index] ??= { id: '', name: '', arguments: '' });
  call.id += piece.id ?? '';
  call.name += piece.function?.name ?? '';
  call.arguments += piece.function?.arguments ?? '';
}

async function speak(input: string, listener: Listener, signal: AbortSignal): Promise<void> {
  const request = { model: 'gpt-4o-mini-tts', voice: 'alloy', input, response_format: 'pcm' } as const;
  const { body } = await openai.audio.speech.create(request, { signal });
  if (!body) return;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted();
    listener.play(chunk.byteLength / BYTES_PER_MS);
  }
}

async function run({ id, arguments: given }: Call, signal: AbortSignal): Promise<Message> {
  const { [TOOL.argument]: orderId } = JSON.parse(given) as Record<typeof TOOL.argument, string>;
  return { role: 'tool', tool_call_id: id, content: JSON.stringify(await findOrder(orderId, signal)) };
}
