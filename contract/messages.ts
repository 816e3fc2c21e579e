// Names that cross to Temporal. No schema library here: workflow code imports this file.

export const workflowTypes = { turn: 'turn', conversation: 'conversation' } as const;

/** Query of a turn; answers a TurnRecord. */
export const turnRecord = 'turnRecord';
/** Query of a conversation; answers a ConversationRecord. */
export const conversationRecord = 'conversationRecord';
/** Update and signal of a turn; they carry an Interrupt, and the update answers Interrupted. */
export const interrupt = 'interrupt';
/** Signals of a conversation; they carry TurnBegan and TurnEnded. */
export const turnBegan = 'turnBegan';
export const turnEnded = 'turnEnded';

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

export function conversationWorkflowId(conversationId: string): string {
  return `conversation-${conversationId}`;
}

/** Sequence numbers of a home's publications start above this. */
export function firstSeqOfEpoch(epoch: number): number {
  return epoch * 1_000_000;
}
