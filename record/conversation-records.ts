import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { ConversationFacts, ConversationRecord, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { conversationWorkflowId, sharedQueue, turnBegan, turnEnded, workflowTypes } from '../contract/messages.ts';
import { askTemporal } from './ask-temporal.ts';
import { followConversation } from './follow-conversation.ts';
import { grpcStatus } from './grpc-status.ts';
import { type ConversationReading, readConversation } from './read-conversation.ts';
import { attributesOf } from './search-attributes.ts';
import type { ToldTurn } from './told-turns.ts';

export interface ConversationRecordsSetting {
  readonly client: Client;
  readonly agent: { readonly name: string };
  /** Gets the workflows whose next task this process's worker must do. */
  readonly tasks?: { readonly expect: (workflowId: string) => void };
}

export interface CreatedRecord {
  readonly record: ConversationRecord;
  /** False where there was one of this id already. */
  readonly isNew: boolean;
}

/**
 * What a process asks Temporal about the conversations of its agent, and tells them. Each is a workflow, which closes after
 * a day without turns; a signal opens it again with the record that it left. Throws what Temporal throws: see `temporalFault`.
 */
export class ConversationRecords {
  readonly #setting: ConversationRecordsSetting;

  constructor(setting: ConversationRecordsSetting) {
    this.#setting = setting;
  }

  /** Begins a conversation, or finds the one of this id, open or closed. Undefined where that cannot be read. */
  async create(id: string, facts: ConversationFacts = {}): Promise<CreatedRecord | undefined> {
    const { client, agent, tasks } = this.#setting;
    const record = newConversation(agent.name, facts);
    const options = {
      ...conversationStart(id, record),
      requestEagerStart: true,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    };
    tasks?.expect(options.workflowId);
    try {
      await askTemporal(client, () => client.workflow.start(workflowTypes.conversation, options));
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const found = await this.read(id);
      return found && { record: found.record, isNew: false };
    }
    return { record, isNew: true };
  }

  /** As its workflow has it, open or closed. Undefined where there is none. */
  read(id: string): Promise<ConversationReading | undefined> {
    return readConversation(this.#setting.client, id);
  }

  /**
   * The turns that it is told of: first all that it has, then each as it begins and ends, until the signal is aborted.
   * Nothing at all where there is no such conversation.
   */
  follow(id: string, signal: AbortSignal): AsyncGenerator<readonly ToldTurn[]> {
    return followConversation(this.#setting.client, id, signal);
  }

  /** Tells a conversation that a turn began. */
  async tellBegan(id: string, turn: TurnBegan): Promise<void> {
    await this.#tell(id, { signal: turnBegan, told: turn });
  }

  /** Tells a conversation that a turn has ended. It ignores what it already has. */
  async tellEnded(id: string, turn: TurnEnded): Promise<void> {
    this.#setting.tasks?.expect(turn.id);
    try {
      await this.#tell(id, { signal: turnEnded, told: turn });
    } catch (error) {
      if (grpcStatus(error) !== 'invalid_argument') throw error;
      // It is too large and would be refused every time: the conversation gets the turn's outcome without what was said.
      await this.#tell(id, { signal: turnEnded, told: { ...turn, items: [] } });
    }
  }

  async #tell(id: string, { signal, told }: Message): Promise<void> {
    const { client, agent, tasks } = this.#setting;
    const workflowId = conversationWorkflowId(id);
    tasks?.expect(workflowId);
    try {
      await client.workflow.getHandle(workflowId).signal(signal, told);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const record = (await this.read(id))?.record ?? newConversation(agent.name);
      const start = conversationStart(id, record);
      await client.workflow.signalWithStart(workflowTypes.conversation, { ...start, signal, signalArgs: [told] });
    }
  }
}

interface Message {
  readonly signal: string;
  readonly told: unknown;
}

/** A conversation that has no turns yet. */
function newConversation(agent: string, facts: ConversationFacts = {}): ConversationRecord {
  const createdAt = new Date().toISOString();
  return { agent, createdAt, ...facts, turns: [], items: [], omittedItems: 0 };
}

/** Options that start the workflow of a conversation: a new one, or one that has closed and left this record. */
function conversationStart(id: string, record: ConversationRecord) {
  const { agent, createdAt, metadata } = record;
  return {
    workflowId: conversationWorkflowId(id),
    taskQueue: sharedQueue(agent),
    args: [record] as [ConversationRecord],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    memo: { agent, createdAt, ...(metadata && { metadata }) },
    typedSearchAttributes: attributesOf({ conversationId: id, agent }),
    staticSummary: `Conversation ${id} with agent ${agent}`,
  };
}
