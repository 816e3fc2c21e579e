import { type TemporalFault, temporalFault } from '../../record/temporal-fault.ts';
import { type Reason, Refusal } from '../../service/refusal.ts';
import { type AccessReason, AccessRefused } from '../access/refused-access.ts';
import { Problem } from './problem.ts';
import * as problems from './problems.ts';

/** Errors of express and its body parser, by the status they carry. */
const byStatus: Readonly<Record<number, () => Problem>> = {
  400: problems.brokenRequest,
  413: problems.bodyTooLarge,
  415: problems.notJson,
};

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

const byFault: Readonly<Record<TemporalFault, () => Problem>> = {
  unreachable: problems.temporalUnreachable,
  refused: problems.temporalRefused,
};

type Refused<K> = Extract<Reason, { readonly kind: K }>;

const byReason: { readonly [K in Reason['kind']]: (reason: Refused<K>) => Problem } = {
  unknown_conversation: ({ id }) => problems.unknownConversation(id),
  unknown_turn: ({ turnId }) => problems.unknownTurn(turnId),
  unknown_speech: ({ turnId, speech }) => problems.unknownSpeech(turnId, speech),
  unknown_agent: ({ agent, served }) => problems.unknownAgent(agent, served),
  agent_differs: ({ id, agent }) => problems.agentDiffers(id, agent),
  metadata_refused: ({ problems: found }) => problems.metadataRefused(found),
  metadata_unfit: ({ id, problems: found }) => problems.metadataUnfit(id, found),
  metadata_unreadable: ({ id, why }) => problems.metadataUnreadable(id, why),
  no_greeting: ({ agent }) => problems.noGreeting(agent),
  key_reused: ({ turnId }) => problems.keyReused(turnId),
  turn_not_begun: ({ turnId }) => problems.turnNotBegun(turnId),
  post_given_up: problems.postGivenUp,
  playout_assumed: ({ turnId }) => problems.playoutAssumed(turnId),
  turn_not_open: ({ turnId }) => problems.turnNotHere(turnId),
  interrupt_failed: ({ turnId }) => problems.interruptFailed(turnId),
  audio_expired: ({ turnId }) => problems.audioExpired(turnId),
  audio_elsewhere: ({ turnId }) => problems.audioElsewhere(turnId),
  too_many_turns: ({ limit }) => problems.tooManyTurns(limit),
  too_many_claims: ({ limit }) => problems.tooManyClaims(limit),
  stopping: problems.stopping,
};

function fromRefusal<K extends Reason['kind']>(reason: Refused<K> & { readonly kind: K }): Problem {
  return byReason[reason.kind](reason);
}

function fromAccess(reason: AccessReason): Problem {
  switch (reason.kind) {
    case 'no_credential':
    case 'unknown_credential':
      return problems.missingKey();
    case 'token_expired':
      return problems.tokenExpired(reason.expiredAt);
    case 'key_in_address':
      return problems.keyInAddress();
    case 'scope_missing':
      return problems.scopeMissing(reason.who, reason.scope);
    case 'foreign_conversation':
      return problems.foreignConversation(reason.who, reason.allowed);
    case 'key_needed':
      return problems.keyNeeded(reason.action);
  }
}

/** The one place where errors become responses. An unknown error is a bug, and its text stays inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return fromRefusal(error.reason);
  if (error instanceof AccessRefused) return fromAccess(error.reason);
  if (error instanceof SyntaxError && statusOf(error) === 400) return problems.brokenJson();
  const fault = temporalFault(error);
  if (fault) return byFault[fault]();
  return byStatus[statusOf(error) ?? 500]?.() ?? problems.internal();
}
