import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { ServedEvent } from '../../../contract/http.ts';

/** The blocks of a stream of server-sent events as they come: without the blank line between them. */
export async function* readBlocks(response: Response): AsyncGenerator<string> {
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('Content-Type'), 'text/event-stream; charset=utf-8');
  assert.ok(response.body);
  let text = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
  assert.equal(text, '', 'The stream ended in mid-event');
}

/** Checks the form of each event, and leaves out the comments between them. */
export async function* readEvents(response: Response): AsyncGenerator<ServedEvent> {
  for await (const block of readBlocks(response)) {
    if (block.startsWith(':')) continue;
    const [, id, type, json] = /^id: (\d+)\nevent: ([a-z.]+)\ndata: (.+)$/.exec(block) ?? [];
    const event = ServedEvent.parse(JSON.parse(json ?? ''));
    assert.deepEqual([id, type], [String(event.seq), event.type]);
    yield event;
  }
}

export const seqsOf = (events: readonly ServedEvent[]): number[] => events.map(({ seq }) => seq);
export const typesOf = (events: readonly ServedEvent[]): string[] => events.map(({ type }) => type);

/** Asks for the path, and then reads nothing until `hearAgain`. */
export function openDeaf(url: string, path: string): { readonly hearAgain: () => Promise<unknown> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause().on('error', () => undefined); // Being dropped may look like an error from there.
  const dropped = once(socket, 'close');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  return {
    hearAgain: () => {
      socket.resume();
      return dropped;
    },
  };
}
