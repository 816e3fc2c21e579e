import type { Client } from '@temporalio/client';
import type { ConversationInput, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { turnBegan, turnEnded } from '../contract/messages.ts';

/** A turn that a conversation was told of. */
export interface ToldTurn {
  readonly id: string;
  readonly number: number;
  readonly hasEnded: boolean;
}

type HistoryPage = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
export type HistoryEvent = NonNullable<NonNullable<HistoryPage['history']>['events']>[number];
type Payloads = NonNullable<NonNullable<HistoryEvent['workflowExecutionSignaledEventAttributes']>['input']>['payloads'];

/** The turns that an event of a conversation's history tells of: its start has those of the run before, its signals one each. */
export async function toldIn(client: Client, event: HistoryEvent): Promise<readonly ToldTurn[]> {
  const { workflowExecutionStartedEventAttributes: started, workflowExecutionSignaledEventAttributes: signaled } =
    event;
  if (started) {
    const record = (await decode(client, started.input?.payloads)) as Partial<ConversationInput> | undefined;
    return (record?.turns ?? []).map(({ id, number, state }) => ({ id, number, hasEnded: state === 'finished' }));
  }
  const hasEnded = signaled?.signalName === turnEnded;
  if (!hasEnded && signaled?.signalName !== turnBegan) return [];
  return toTold(await decode(client, signaled?.input?.payloads), hasEnded);
}

/** Anybody may send signals; the conversation ignores what is malformed, too. */
function toTold(told: unknown, hasEnded: boolean): readonly ToldTurn[] {
  const { id, number } = (told ?? {}) as Partial<TurnBegan | TurnEnded>;
  return typeof id === 'string' && typeof number === 'number' ? [{ id, number, hasEnded }] : [];
}

async function decode(client: Client, payloads: Payloads): Promise<unknown> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  let decoded = (payloads ?? []).slice(0, 1);
  for (const codec of payloadCodecs.toReversed()) decoded = await codec.decode(decoded);
  const [first] = decoded;
  return first && payloadConverter.fromPayload(first);
}
