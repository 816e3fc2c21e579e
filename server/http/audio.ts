import type { TurnService } from '../../service/turn-service.ts';
import { pathId } from './request.ts';
import type { Handler, StreamReply } from './responder.ts';
import { WAV_HEADER_BYTES, wavHeader } from './wav.ts';

const headers = { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' };

/** `GET /v1/turns/:id/audio`: the speech of a turn from its beginning, as it comes; of one that has ended, with its length. */
export function getAudio(service: TurnService): Handler {
  return async (request) => {
    const { isFinished, pieces } = await service.speech(pathId(request));
    if (isFinished) return wholeSpeech(await Array.fromAsync(pieces()));
    return {
      headers,
      stream: async (writer) => {
        await writer.write(wavHeader());
        for await (const pcm of pieces(writer.signal)) await writer.write(pcm);
      },
    };
  };
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
