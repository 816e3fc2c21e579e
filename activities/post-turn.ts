import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { failureOptions, type FailureType } from '../contract/failures.ts';
import { IdempotencyKey } from '../contract/http-parameters.ts';
import { type AcceptedTurn, ConversationId, StartTurn, type Turn } from '../contract/http.ts';
import { problemsText } from '../contract/metadata.ts';
import type { PostTurn } from '../contract/steps.ts';
import type { TurnResult } from '../contract/turn.ts';
import { type Reason, Refusal } from '../service/refusal.ts';
import type { ActivityDependencies, PostService } from './dependencies.ts';
import { beginPulse } from './pulse.ts';

/** Well under the heartbeat timeout of a post (5 s). */
const PULSE_MS = 1_000;

/** Refused by this process and at this time only. */
const LATER: ReadonlySet<Reason['kind']> = new Set([
  'post_given_up',
  'stopping',
  'too_many_claims',
  'too_many_turns',
  'turn_not_begun',
]);

type KeyedPostTurn = PostTurn & Required<Pick<PostTurn, 'key'>>;

/** Posts a turn as a front end does, in a conversation that is begun if there is none, and waits for the turn's end. */
export function createPostTurn({ agent, service }: Pick<ActivityDependencies, 'agent' | 'service'>) {
  return async function postTurn(asked: KeyedPostTurn): Promise<TurnResult> {
    const context = Context.current();
    const fault = faultOf(asked, agent.name);
    if (fault) throw notPosted('Post.Refused', fault);
    using _pulse = beginPulse(() => context.heartbeat(), PULSE_MS);
    try {
      const { id } = await post(service, asked);
      return toResult(await untilEnd(service, id, context));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw notPosted(LATER.has(error.reason.kind) ? 'Post.Postponed' : 'Post.Refused', whyRefused(error));
    }
  };
}

async function post(service: PostService, { conversationId, key, ...asked }: KeyedPostTurn): Promise<AcceptedTurn> {
  using _admitted = service.admission.admit();
  // Never aborted: nobody gives up waiting, and if this process dies another one finds the turn by its key.
  const { signal } = new AbortController();
  const turn = { conversationId, key, body: StartTurn.parse(bodyOf(asked)), trace: {}, signal };
  try {
    return await service.post(turn);
  } catch (error) {
    if (!(error instanceof Refusal && error.reason.kind === 'unknown_conversation')) throw error;
    await service.createConversation({ id: conversationId });
    return service.post(turn);
  }
}

function bodyOf({ text, modality, playout, context }: Partial<PostTurn>) {
  return { ...(text !== undefined && { input: { text } }), modality, playout, context };
}

/** An interrupt is what a cancelled post comes to: the turn ends all the same. Where this process stops, another one waits on. */
async function untilEnd(service: PostService, turnId: string, context: Context): Promise<Turn> {
  const stopping = new AbortController();
  const onCancel = (): void => {
    if (context.cancellationDetails?.workerShutdown) return stopping.abort();
    // Losing it is safe: the turn has ended, or ends by its deadline.
    service.interrupt(turnId, { id: 'post-cancelled' }).catch(() => undefined);
  };
  const { cancellationSignal } = context;
  cancellationSignal.addEventListener('abort', onCancel, { once: true });
  try {
    if (cancellationSignal.aborted) onCancel();
    const turn = await service.ended(turnId, stopping.signal);
    if (!turn) throw new CancelledFailure('The process stops; another one waits for the turn');
    return turn;
  } finally {
    cancellationSignal.removeEventListener('abort', onCancel);
  }
}

/** As a front end checks it; no word of the caller is in it. */
function faultOf({ agent, conversationId, key, ...asked }: KeyedPostTurn, served: string): string | undefined {
  if (agent !== served) return `its agent is '${agent}', and this process serves '${served}'`;
  if (!ConversationId.safeParse(conversationId).success)
    return "its 'conversationId' must be 1 to 64 of the characters A-Z, a-z, 0-9, '_' and '-'";
  if (!IdempotencyKey.safeParse(key).success) return "its 'key' must be up to 255 visible ASCII characters";
  const issue = StartTurn.safeParse(bodyOf(asked)).error?.issues[0];
  return issue && `its '${issue.path.at(-1)?.toString() ?? 'text'}' does not fit: ${issue.message}`;
}

function whyRefused({ reason, message }: Refusal): string {
  if (!('problems' in reason)) return message;
  const problems = problemsText(reason.problems);
  return `the metadata of its conversation does not fit: ${problems}; create the conversation with metadata that does`;
}

function notPosted(type: FailureType, why: string): ApplicationFailure {
  return ApplicationFailure.create(failureOptions(type, `The turn was not posted: ${why}`));
}

function toResult({
  conversationId,
  number,
  outcome = 'failed',
  reason,
  degraded = false,
  items,
  steps,
  usage,
}: Turn): TurnResult {
  const done = { degraded, items, steps, ...(usage && { usage }) };
  return { conversationId, number, outcome, ...(reason !== undefined && { reason }), ...done };
}
