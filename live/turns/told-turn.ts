import type { Fields, ServedTurn, TurnMetadata } from '../../agent/agent.ts';
import type { OpenedStart, TurnInput } from '../../contract/turn.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';

/** A turn as functions of the agent's author are told of it. */
export function toServed(
  turnId: string,
  { conversationId, context, conversationContext }: OpenedStart,
  { value: metadata }: TurnMetadata,
): ServedTurn<Fields> {
  return { conversationId, turnId, metadata, context, conversationContext };
}

/** What readers are told first of a turn. */
export function toStarted({ conversationId, number, input }: OpenedStart): NewEvent {
  return { type: 'turn.started', conversationId, number, ...toShown(input) };
}

/** The input as readers see it. */
function toShown(input: TurnInput): Pick<Extract<NewEvent, { type: 'turn.started' }>, 'input'> {
  switch (input.type) {
    case 'text':
      return { input: { text: input.text } };
    case 'greeting':
      return {};
  }
}
