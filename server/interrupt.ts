import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { InterruptTurn, type InterruptedTurn } from '../contract/http.ts';
import { processClock } from '../live/clock.ts';
import type { AskedInterrupt } from '../live/interrupts.ts';
import type { LiveTurn } from '../live/live-turn.ts';
import { heardIn } from '../live/heard-words.ts';
import { afterArrivals } from '../live/silence.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { readTurn } from './read-turn.ts';
import { interruptWorkflow } from './record-cut.ts';
import { parseBody } from './request-body.ts';
import type { Handler, Reply } from './responder.ts';

/** How long the answer waits for the record. */
const RECORD_MS = 2_000;

/** `POST /v1/turns/:id/interrupt` */
export function interruptTurn(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const turnId = pathId(request);
    const { id = randomUUID(), speech, heardMs } = parseBody(InterruptTurn, request.body ?? {});
    const asked = { id, ...(speech !== undefined && { speech }), ...(heardMs !== undefined && { heardMs }) };
    const live = deps.turns.get(turnId);
    return live && live.state !== 'refused' ? interruptHere(live, asked) : interruptElsewhere(deps, turnId, asked);
  };
}

/** Silence first: nothing is awaited before it. */
async function interruptHere(live: LiveTurn, asked: AskedInterrupt): Promise<Reply> {
  if (asked.speech !== undefined && !live.voice.get(asked.speech)) throw problems.unknownSpeech(live.id, asked.speech);
  const { answer, recorded } = live.interrupt(asked);
  const { promise: late, resolve: onLate } = Promise.withResolvers<'late'>();
  const stopWaiting = afterArrivals(processClock, RECORD_MS, () => onLate('late'));
  const first = await Promise.race([recorded, late]);
  stopWaiting();
  return reply({ ...answer, recorded: first !== 'late' });
}

/** A turn that has ended, or that another process speaks for. That one knows its speeches by what is in the record. */
async function interruptElsewhere(deps: FrontEndDependencies, turnId: string, asked: AskedInterrupt): Promise<Reply> {
  const turn = await readTurn(deps, turnId);
  if (!turn) throw problems.unknownTurn(turnId);
  const { speech } = asked;
  const isKnown = turn.items.some((item) => item.type === 'speech' && item.speech === speech);
  if (speech !== undefined && !isKnown) throw problems.unknownSpeech(turnId, speech);
  const ended = { interrupted: turn.outcome === 'interrupted', heardText: heardIn(turn.items) };
  if (turn.state === 'finished') return reply({ ...ended, recorded: true });
  try {
    return reply({ ...(await interruptWorkflow(deps.client, turnId, asked)), recorded: true });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return interruptElsewhere(deps, turnId, asked);
    throw error;
  }
}

function reply(body: InterruptedTurn): Reply {
  return { status: body.recorded ? 200 : 202, body };
}
