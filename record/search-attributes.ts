import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes } from '../contract/messages.ts';

const conversationKey = defineSearchAttributeKey(searchAttributes.conversation, SearchAttributeType.KEYWORD);
const agentKey = defineSearchAttributeKey(searchAttributes.agent, SearchAttributeType.KEYWORD);

/** The search attributes that a turn or a conversation starts with. */
export function attributesOf(of: { readonly conversationId: string; readonly agent: string }): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: conversationKey, value: of.conversationId },
    { key: agentKey, value: of.agent },
  ]);
}
