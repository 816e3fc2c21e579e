import type { FrontEndDependencies } from './front-end.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { readTurn } from './read-turn.ts';
import type { Handler } from './responder.ts';
import { wavHeader } from './wav.ts';

const headers = { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' };

/** `GET /v1/turns/:id/audio`: the speech of a turn from its beginning, as it comes. */
export function getAudio(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const turnId = pathId(request);
    if (!deps.stream.has(turnId)) throw await whyNoAudio(deps, turnId);
    return {
      headers,
      stream: async (writer) => {
        await writer.write(wavHeader());
        for await (const event of deps.stream.subscribe(turnId, { audio: true, signal: writer.signal })) {
          if (event.type === 'speech.audio') await writer.write(event.pcm);
        }
      },
    };
  };
}

async function whyNoAudio(deps: FrontEndDependencies, turnId: string): Promise<Error> {
  const turn = await readTurn(deps, turnId);
  if (!turn) return problems.unknownTurn(turnId);
  return turn.state === 'finished' ? problems.audioExpired(turnId) : problems.audioElsewhere(turnId);
}
