import type { TurnStream } from '../../stream/turn-stream.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { readTurn } from '../../record/read-turn.ts';
import type { Handler, StreamReply } from './responder.ts';
import { WAV_HEADER_BYTES, wavHeader } from './wav.ts';

const headers = { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' };

/** `GET /v1/turns/:id/audio`: the speech of a turn from its beginning, as it comes; of one that has ended, with its length. */
export function getAudio(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const turnId = pathId(request);
    const { stream } = deps;
    if (stream.isFinished(turnId)) return wholeSpeech(await Array.fromAsync(piecesOf(stream, turnId)));
    if (!stream.has(turnId)) throw await whyNoAudio(deps, turnId);
    return {
      headers,
      stream: async (writer) => {
        await writer.write(wavHeader());
        for await (const pcm of piecesOf(stream, turnId, writer.signal)) await writer.write(pcm);
      },
    };
  };
}

async function* piecesOf(stream: TurnStream, turnId: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const event of stream.subscribe(turnId, { audio: true, ...(signal && { signal }) })) {
    if (event.type === 'speech.audio') yield event.pcm;
  }
}

function wholeSpeech(pieces: readonly Uint8Array[]): StreamReply {
  const dataBytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    headers: { ...headers, 'Content-Length': String(WAV_HEADER_BYTES + dataBytes) },
    stream: async (writer) => {
      await writer.write(wavHeader(dataBytes));
      for (const pcm of pieces) await writer.write(pcm);
    },
  };
}

async function whyNoAudio(deps: FrontEndDependencies, turnId: string): Promise<Error> {
  const turn = await readTurn(deps, turnId);
  if (!turn) return problems.unknownTurn(turnId);
  return turn.state === 'finished' ? problems.audioExpired(turnId) : problems.audioElsewhere(turnId);
}
