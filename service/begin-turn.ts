import { packHistory } from '../contract/history.ts';
import type { AcceptedTurn } from '../contract/http.ts';
import { turnIdOf } from '../contract/messages.ts';
import type { OpenedStart } from '../contract/turn.ts';
import type { ConversationMetadata } from '../conversations/conversation-metadata.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { TurnNumberTaken } from '../record/start-turn.ts';
import { TemporalUnreachable } from '../record/temporal-fault.ts';
import { whyLate } from '../time/request-patience.ts';
import type { ServiceDependencies } from './service-dependencies.ts';
import type { Attempt } from './turn-post.ts';
import { type StartFate, TurnNumberMoved, type TurnStarts } from './turn-starts.ts';

/** How long the workflow of a refused turn is waited for, so that its id is free for a repeat. */
const SETTLE_MS = 10_000;

/** What a turn gets from its conversation, beside what was said. */
export interface NextTurn extends ReturnType<ConversationMetadata['begin']> {
  readonly number: number;
  /** Facts for each turn of the conversation. */
  readonly context: string | undefined;
}

export interface BegunTurn {
  readonly live: LiveTurn;
  /** `displaced`: its number is not the next one, and the turn that was opened here is withdrawn. Rejects where the turn was refused. */
  readonly bound: Promise<AcceptedTurn | 'displaced'>;
}

export interface BeginDependencies extends ServiceDependencies {
  readonly starts: TurnStarts;
}

/**
 * Begins a turn: what is open in the conversation is interrupted, the turn is opened, its start is sent to Temporal and the live
 * player begins, all in one tick. Then it is decided, by what comes first:
 *
 * | first                                        | the turn is                                       | the post gets   |
 * | -------------------------------------------- | ------------------------------------------------- | --------------- |
 * | home takes the first step                    | bound                                             | the turn (202)  |
 * | Temporal has a turn of this number           | withdrawn: no reader has seen it                  | the next number |
 * | the start fails, or the post's patience ends | refused: nothing was done, and no step of it runs | an error (503)  |
 *
 * The decision is made in one process and one tick (I8). Once home has taken the first step, a failed start changes nothing.
 */
export function beginTurn(deps: BeginDependencies, attempt: Attempt, turn: NextTurn): BegunTurn {
  const { turns, conversations } = deps;
  const { conversationId, startedMs, key } = attempt;
  // Of two posts at once the later one speaks.
  turns.interruptAll(conversationId);
  const { number, metadata } = turn;
  const id = turnIdOf({ conversationId, number });
  const before = conversations.before(conversationId, number);
  const start = { ...toStart(deps, attempt, turn), history: packHistory(before()) };
  // A key in a conversation that another process has held: that one may have its turn, which is not run twice.
  const mayBeRepeat = key !== undefined && !conversations.wasBegunHere(conversationId);
  const live = turns.open({ id, start, before, metadata, startedMs });
  return { live, bound: bind(deps, attempt, { live, mayBeRepeat }) };
}

function toStart(
  { agent, home }: Pick<ServiceDependencies, 'agent' | 'home'>,
  { conversationId, body, trace, key, digest }: Attempt,
  { number, terms, context, start: { metadata, sealed } }: NextTurn,
): Omit<OpenedStart, 'history'> {
  return {
    conversationId,
    agent: agent.name,
    input: body.input ? { type: 'text', text: body.input.text } : { type: 'greeting' },
    modality: body.modality,
    ...(body.playout === 'client' && { playout: body.playout }),
    ...(body.context !== undefined && { context: body.context }),
    ...(context !== undefined && { conversationContext: context }),
    ...trace,
    ...(key !== undefined && { post: { key, body: digest } }),
    ...(metadata && { metadata }),
    ...(sealed && { sealed }),
    ...{ home, terms, number },
  };
}

interface Opened {
  readonly live: LiveTurn;
  /** The turn plays once Temporal has taken its id, and not before. */
  readonly mayBeRepeat: boolean;
}

async function bind(deps: BeginDependencies, attempt: Attempt, opened: Opened): Promise<AcceptedTurn | 'displaced'> {
  const { live } = opened;
  const { turns, conversations, logger, loop } = deps;
  const { conversationId, number } = live.start;
  const { fate, failed } = sendStart(deps, attempt, opened);
  if (!opened.mayBeRepeat) live.play();
  const failure = await attempt.patience.waitFor(Promise.race([live.bound, failed]));
  // Home may have taken the first step meanwhile: a turn that is bound cannot be refused any more.
  if (live.refuse()) {
    if (failure instanceof TurnNumberTaken || failure instanceof TurnNumberMoved) {
      conversations.outdate(conversationId);
      turns.forget(live.id);
      return 'displaced';
    }
    const why = whyLate(loop) ?? 'Temporal did not take it in time';
    logger.warn({ turn: live.id, err: failure }, `A turn was refused: ${why}`);
    void settle(deps, live, fate);
    throw failure instanceof Error ? failure : new TemporalUnreachable();
  }
  conversations.bound(conversationId);
  return { id: live.id, conversationId, number };
}

/** `failed` resolves with the error, if Temporal does not take the turn. Its readers get what was made ready when it does. */
function sendStart(
  { starts, stream }: BeginDependencies,
  { digest, postedAt, patience }: Attempt,
  { live, mayBeRepeat }: Opened,
) {
  const patienceMs = Math.max(1, Math.round(patience.leftMs));
  const request = { id: live.id, start: live.start, digest, postedAt, patienceMs };
  const { started, fate } = starts.start(request, () => live.state !== 'refused');
  const failed = new Promise<unknown>((resolve) => {
    started.then(() => {
      if (live.state === 'refused') return; // 503 was answered: readers get nothing, and no step runs
      live.openStream(stream);
      live.acknowledge();
      if (mayBeRepeat) live.play();
    }, resolve);
  });
  return { fate, failed };
}

/** A refused turn stays until its workflow is known to be over, so that home refuses its first step. */
async function settle(
  { turnRecords, turns, conversations }: ServiceDependencies,
  live: LiveTurn,
  fate: Promise<StartFate>,
): Promise<void> {
  const outcome = await fate;
  // Its number is free, or is that of a turn elsewhere.
  if (outcome !== 'begun') conversations.outdate(live.start.conversationId);
  // However it ended, or if Temporal is away again: home does not take a step of a turn that it does not know.
  else await turnRecords.over(live.id, SETTLE_MS);
  turns.dropRefused(live);
}
