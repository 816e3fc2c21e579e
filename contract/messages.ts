// Names that cross to Temporal. No schema library here: workflow code imports this file.

export const workflowTypes = { turn: 'turn', conversation: 'conversation', postTurn: 'postTurn' } as const;

/** Query of a turn; answers a TurnRecord. */
export const turnRecord = 'turnRecord';
/** Query of a conversation; answers a ConversationRecord. */
export const conversationRecord = 'conversationRecord';
/** Update and signal of a turn; they carry an Interrupt, and the update answers Interrupted. */
export const interrupt = 'interrupt';
/** Signals of a conversation; they carry TurnBegan and TurnEnded. */
export const turnBegan = 'turnBegan';
export const turnEnded = 'turnEnded';

/** How many of its latest turns a conversation keeps, apart from what was said. */
export const MAX_TOLD_TURNS = 200;

/** Search attributes, all of type Keyword: what operators filter turns by. */
export const searchAttributes = {
  conversation: 'LegatoConversation',
  agent: 'LegatoAgent',
  outcome: 'LegatoOutcome',
  failedStep: 'LegatoFailedStep',
  unknownCall: 'LegatoUnknownCall',
} as const;

/** Every process that serves an agent polls this queue. */
export function sharedQueue(agent: string): string {
  return `legato-${agent}`;
}

/** One process's own queue; `nonce` is new at every start, so that no work of a dead process is waited for. */
export function homeQueue(agent: string, nonce: string): string {
  return `legato-${agent}-home-${nonce}`;
}

/** The workers of a group of tools poll this queue. */
export function toolQueue(agent: string, group: string): string {
  return `legato-${agent}-tools-${group}`;
}

export function conversationWorkflowId(conversationId: string): string {
  return `conversation-${conversationId}`;
}

/** Where a turn is in its conversation. */
export interface TurnPlace {
  readonly conversationId: string;
  /** From 1. */
  readonly number: number;
}

/** The workflow id of a turn is its place, so that Temporal refuses a second turn of the same number. */
export function turnIdOf({ conversationId, number }: TurnPlace): string {
  return `turn-${conversationId}-${number}`;
}

/** The place that a turn's id names. Undefined for any other id. */
export function placeIn(turnId: string): TurnPlace | undefined {
  const [, conversationId, number] = /^turn-([\w-]{1,64})-([1-9]\d{0,8})$/.exec(turnId) ?? [];
  return conversationId === undefined ? undefined : { conversationId, number: Number(number) };
}

/** Sequence numbers of a home's publications start above this. */
export function firstSeqOfEpoch(epoch: number): number {
  return epoch * 1_000_000;
}
