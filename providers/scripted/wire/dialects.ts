import { type ChatEvents, type Delta, DONE_EVENT } from './chat-wire.ts';

/** A reply as the wire's description has it. */
export interface WrittenReply {
  readonly deltas: readonly Delta[];
  readonly finishReason: string;
  readonly events: ChatEvents;
}

/** The same reply as bytes of a stream, each piece sent by itself. */
export interface ReplyBytes {
  readonly pieces: readonly string[];
  readonly ending: string;
  /** The connection stays open, and this is sent again and again. */
  readonly heartbeat?: string;
}

/** How a server writes a reply that does not do it by the book. */
export type Dialect = (reply: WrittenReply) => ReplyBytes;

export const byTheBook: Dialect = ({ deltas, finishReason, events }) => ({
  pieces: deltas.map((delta) => events.delta(delta)),
  ending: events.finish(finishReason) + DONE_EVENT,
});

/** `[DONE]` ends the reply, and nothing else. */
export const withoutReason: Dialect = (reply) => ({ ...byTheBook(reply), ending: DONE_EVENT });

/** Each event has a reason, which is empty but once; `[DONE]` does not come. */
export const emptyReasons: Dialect = ({ deltas, finishReason, events }) => ({
  pieces: deltas.map((delta) => events.choice({ delta, finish_reason: '' })),
  ending: events.finish(finishReason) + events.choice({ delta: { content: '' }, finish_reason: '' }),
});

/** Nothing ends the stream, and comments keep it open. */
export const openAfterReason: Dialect = (reply) => ({
  ...byTheBook(reply),
  ending: reply.events.finish(reply.finishReason),
  heartbeat: ': heartbeat\n\n',
});

/** So many pieces of thoughts come before the reply. */
export function thinksFirst(count: number): Dialect {
  return (reply) => {
    const written = byTheBook(reply);
    const thought = reply.events.choice({ delta: { content: null, reasoning_content: 'Hm. ' }, finish_reason: null });
    return { ...written, pieces: [...Array<string>(count).fill(thought), ...written.pieces] };
  };
}

/** Words come as lists of parts, with thoughts between them. */
export const inParts: Dialect = (reply) => {
  const toParts = ({ content, ...delta }: Delta) => ({
    ...delta,
    ...(content !== undefined && {
      content: [
        { type: 'thinking', thinking: [] },
        { type: 'text', text: content },
      ],
    }),
  });
  const { deltas, events } = reply;
  const pieces = deltas.map((delta) => events.choice({ delta: toParts(delta), finish_reason: null }));
  return { ...byTheBook(reply), pieces };
};

/** Calls are numbered from 1, and empty arguments stand before the real ones. */
export const emptyArgumentsFirst: Dialect = (reply) => {
  const toPiece = (delta: Delta): Delta => {
    if (!delta.tool_calls) return delta;
    const calls = delta.tool_calls.map(({ index, ...call }) => {
      const { name, arguments: args } = call.function;
      return {
        ...call,
        index: index + 1,
        function: name === undefined ? { arguments: args } : { name, arguments: '{}' },
      };
    });
    return { ...delta, tool_calls: calls };
  };
  const { deltas, events } = reply;
  return { ...byTheBook(reply), pieces: deltas.map((delta) => events.delta(toPiece(delta))) };
};
