import type { Delta } from '../../../providers/scripted/wire/chat-wire.ts';
import { ChatEvents, finishReasonOf, toDeltas } from '../../../providers/scripted/wire/chat-wire.ts';
import * as dialects from '../../../providers/scripted/wire/dialects.ts';
import { textOf, THOUGHT, type WrittenReply } from './written-replies.ts';

/** A line or some of a stream: the payload of an event, or lines as they are. */
export type StreamPart = { readonly data: unknown } | { readonly lines: string };

/** How a server writes a reply. */
export type Server = (reply: WrittenReply) => readonly StreamPart[];

export const DONE: StreamPart = { data: '[DONE]' };
const ID = 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT';

interface Style {
  readonly shared?: object;
  readonly before?: readonly StreamPart[];
  readonly after?: readonly StreamPart[];
  /** Of each choice. */
  readonly choice?: object;
  readonly toDelta?: (delta: Delta) => object;
  /** Each call in one piece. */
  readonly wholeCalls?: boolean;
  /** The reason stands in the last piece of the reply. */
  readonly reasonInLast?: boolean;
  readonly reason?: string;
}

function written(reply: WrittenReply, style: Style): StreamPart[] {
  const { shared, choice, before = [], after = [DONE], toDelta = (delta) => delta } = style;
  const event = (fields: object, more: object = {}): StreamPart => ({
    data: {
      ...{ id: ID, object: 'chat.completion.chunk', created: 1_741_569_952, model: 'm', ...shared },
      choices: [{ index: 0, ...fields, ...choice, ...more }],
    },
  });
  const deltas = style.wholeCalls ? withWholeCalls(reply) : toDeltas({ text: textOf(reply), calls: reply.calls });
  const events = deltas.map((delta) => event({ delta: toDelta(delta), logprobs: null, finish_reason: null }));
  const reason = { finish_reason: style.reason ?? finishReasonOf(reply) };
  const last = style.reasonInLast
    ? [...events.slice(0, -1), event({ delta: toDelta(deltas.at(-1) ?? {}) }, reason)]
    : [...events, event({ delta: {} }, reason)];
  return [...before, ...last, ...after];
}

function withWholeCalls(reply: WrittenReply): Delta[] {
  const calls = reply.calls.map(({ name, arguments: args }, index) => ({
    ...{ index, id: `call_${index}`, type: 'function' as const },
    function: { name, arguments: JSON.stringify(args) },
  }));
  const words = toDeltas({ text: textOf(reply) }).filter(({ content }) => content !== undefined);
  return calls.length > 0 ? [...words, { tool_calls: calls }] : words.length > 0 ? words : [{ content: '' }];
}

const usage: StreamPart = { data: { id: ID, choices: [], usage: { prompt_tokens: 1_117, completion_tokens: 46 } } };
const thought = (fields: object): StreamPart => ({
  data: { choices: [{ index: 0, delta: { role: 'assistant', ...fields } }] },
});
const filtered = { hate: { filtered: false, severity: 'safe' }, violence: { filtered: false, severity: 'safe' } };

/** As the dialects of the scripted server have it. */
function inDialect(dialect: dialects.Dialect): Server {
  return (asked) => {
    const reply = { text: textOf(asked), calls: asked.calls };
    const { pieces, ending } = dialect({
      ...{ deltas: toDeltas(reply), finishReason: finishReasonOf(reply) },
      events: new ChatEvents('m'),
    });
    return `${pieces.join('')}${ending}`.split('\n\n').flatMap((text) => (text === '' ? [] : [toPart(text)]));
  };
}

function toPart(text: string): StreamPart {
  const payload = text.replace(/^data: /, '');
  return { data: payload === '[DONE]' ? payload : (JSON.parse(payload) as unknown) };
}

/** As servers of these names write, each with what it adds and leaves out. */
export const servers: Readonly<Record<string, Server>> = {
  openAI: (reply) =>
    written(reply, {
      shared: { service_tier: 'default', system_fingerprint: 'fp_44709d6fcb', usage: null, obfuscation: 'x7Rk' },
      before: [{ data: { choices: [{ index: 0, delta: { role: 'assistant', content: '', refusal: null } }] } }],
      after: [usage, DONE],
    }),
  azure: (reply) =>
    written(reply, {
      before: [
        { data: { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: filtered }] } },
      ],
      choice: { content_filter_results: filtered },
    }),
  openRouter: (reply) =>
    written(reply, {
      shared: { provider: 'Novita' },
      choice: { native_finish_reason: null },
      before: [
        { lines: ': OPENROUTER PROCESSING\n\n' },
        thought({ content: '', reasoning: THOUGHT, reasoning_details: [{ type: 'reasoning.text', text: THOUGHT }] }),
        { lines: ': OPENROUTER PROCESSING\n\n' },
      ],
      after: [usage, DONE],
    }),
  deepSeek: (reply) =>
    written(reply, {
      before: [thought({ content: null, reasoning_content: THOUGHT }), thought({ reasoning_content: THOUGHT })],
      toDelta: (delta) => ({ reasoning_content: null, ...delta }),
    }),
  mistral: (reply) => written(reply, { wholeCalls: true, reasonInLast: true }),
  groq: (reply) =>
    written(reply, {
      wholeCalls: true,
      before: [{ data: { x_groq: { id: 'req_01' }, choices: [] } }],
      after: [usage, DONE],
    }),
  gemini: (reply) =>
    written(reply, {
      ...{ wholeCalls: true, reasonInLast: true, reason: 'stop' },
      toDelta: ({ tool_calls: calls, ...delta }) => ({
        ...{ role: 'assistant', ...delta },
        ...(calls && { tool_calls: calls.map((call) => ({ ...call, index: undefined })) }),
      }),
    }),
  ollama: (reply) =>
    written(reply, { wholeCalls: true, toDelta: (delta) => ({ role: 'assistant', content: '', ...delta }) }),
  vllm: (reply) => written(reply, { choice: { stop_reason: null, token_ids: null }, after: [usage, DONE] }),
  thinkTags: (reply) => written({ ...reply, words: `<think>\n${THOUGHT}\n</think>\n\n${reply.words}` }, {}),
  withoutReason: inDialect(dialects.withoutReason),
  emptyReasons: inDialect(dialects.emptyReasons),
  openAfterReason: inDialect(dialects.openAfterReason),
  thinksFirst: inDialect(dialects.thinksFirst(3)),
  inParts: inDialect(dialects.inParts),
  emptyArgumentsFirst: inDialect(dialects.emptyArgumentsFirst),
};
