import { ReportPlayout, type CountedPlayout } from '../../contract/http.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { readTurn } from '../../record/read-turn.ts';
import { parseBody } from './request-body.ts';
import type { Handler } from './responder.ts';

/** `POST /v1/turns/:id/playout` */
export function reportPlayout(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const turnId = pathId(request);
    const { speech: id, ...report } = parseBody(ReportPlayout, request.body ?? {});
    const live = deps.turns.get(turnId);
    if (!live) throw (await readTurn(deps, turnId)) ? problems.turnNotHere(turnId) : problems.unknownTurn(turnId);
    if (live.input.playout !== 'client') throw problems.playoutAssumed(turnId);
    const speech = live.voice.get(id);
    if (!speech) throw problems.unknownSpeech(turnId, id);
    speech.report(report);
    const counted: CountedPlayout = { speech: id, heardMs: Math.round(speech.heardMs) };
    return { status: 200, body: counted };
  };
}
