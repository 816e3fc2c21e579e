import { randomUUID } from 'node:crypto';
import { InterruptTurn, type InterruptedTurn, type Turn } from '../contract/http.ts';
import { turnRecord } from '../contract/messages.ts';
import type { TurnRecord } from '../contract/turn.ts';
import type { AskedInterrupt } from '../live/turns/interrupts.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { heardIn } from '../live/speech/heard-words.ts';
import { askTemporal } from './ask-temporal.ts';
import type { ForwardedInterrupts } from './forwarded-interrupts.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { readTurn } from './read-turn.ts';
import { parseBody } from './request-body.ts';
import type { Handler, Reply } from './responder.ts';
import { describeTurn } from './turn-runs.ts';
import { within } from '../time/silence.ts';

/** How long the answer waits for the record. */
const RECORD_MS = 2_000;

interface Interrupting {
  readonly deps: FrontEndDependencies;
  readonly forwarded: ForwardedInterrupts;
}

/** `POST /v1/turns/:id/interrupt` */
export function interruptTurn(deps: FrontEndDependencies, forwarded: ForwardedInterrupts): Handler {
  return async (request) => {
    const turnId = pathId(request);
    const { id = randomUUID(), speech, heardMs } = parseBody(InterruptTurn, request.body ?? {});
    const asked = { id, ...(speech !== undefined && { speech }), ...(heardMs !== undefined && { heardMs }) };
    const live = deps.turns.get(turnId);
    if (live && live.state !== 'refused') return interruptHere(live, asked);
    return interruptElsewhere({ deps, forwarded }, turnId, asked);
  };
}

/** Silence first: nothing is awaited before it. */
async function interruptHere(live: LiveTurn, asked: AskedInterrupt): Promise<Reply> {
  if (asked.speech !== undefined && !live.voice.get(asked.speech)) throw problems.unknownSpeech(live.id, asked.speech);
  const { answer, recorded } = live.interrupt(asked);
  const isRecorded = await within(
    recorded.then(() => true),
    RECORD_MS,
  );
  return reply({ ...answer, recorded: isRecorded === true });
}

/** A turn that has ended, or that another process speaks for. That one knows its speeches by what is in the record. */
async function interruptElsewhere(
  { deps, forwarded }: Interrupting,
  turnId: string,
  asked: AskedInterrupt,
): Promise<Reply> {
  const { client } = deps;
  const untilMs = performance.now() + RECORD_MS;
  const description = await askTemporal(client, () => describeTurn(client, turnId));
  if (!description) throw problems.unknownTurn(turnId);
  if (description.status.name !== 'RUNNING') return interruptEnded(deps, turnId, asked);
  const reading = askTemporal(client, () => client.workflow.getHandle(turnId).query<TurnRecord>(turnRecord));
  const known = reading.catch(() => undefined); // a workflow that does not answer is told all the same
  if (asked.speech !== undefined) checkSpeech(turnId, asked.speech, await known);
  if (!forwarded.mayTake(turnId, asked)) return reply({ ...toldBy(await known), recorded: true });
  const interrupted = await within(forwarded.send(turnId, asked), untilMs - performance.now());
  if (interrupted === 'ended') return interruptEnded(deps, turnId, asked);
  if (interrupted) return reply({ ...interrupted, recorded: true });
  return reply({ ...toldBy(await within(known, 0)), recorded: false });
}

async function interruptEnded(deps: FrontEndDependencies, turnId: string, { speech }: AskedInterrupt): Promise<Reply> {
  const turn = await readTurn(deps, turnId);
  if (!turn) throw problems.unknownTurn(turnId);
  if (speech !== undefined) checkSpeech(turnId, speech, turn);
  return reply({ interrupted: turn.outcome === 'interrupted', heardText: heardIn(turn.items), recorded: true });
}

function checkSpeech(turnId: string, speech: string, of: Pick<Turn | TurnRecord, 'items'> | undefined): void {
  const isKnown = of?.items.some((item) => item.type === 'speech' && item.speech === speech);
  if (isKnown === false) throw problems.unknownSpeech(turnId, speech);
}

/** What the record knew of it before. */
function toldBy(record: TurnRecord | undefined): Omit<InterruptedTurn, 'recorded'> {
  const { ending, items = [] } = record ?? {};
  const isCut = items.some((item) => item.type === 'speech' && item.interrupted);
  return { interrupted: isCut || ending === 'interrupted', heardText: heardIn(items) };
}

function reply(body: InterruptedTurn): Reply {
  return { status: body.recorded ? 200 : 202, body };
}
