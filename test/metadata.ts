import type { CalledIn, TurnMetadata } from '../agent/agent.ts';
import { createMetadata } from '../agent/metadata/read-metadata.ts';

/** Of a conversation that has none. */
export const noMetadata: TurnMetadata = createMetadata(undefined).read({});

/** Functions of a tool are called in a turn of such a conversation. */
export function calledWith(metadata: CalledIn['served']['metadata'] = {}): CalledIn {
  return { served: { conversationId: 'c', turnId: 't', metadata, context: undefined, conversationContext: undefined } };
}

export const called: CalledIn = calledWith();
