import { z } from 'zod';
import { CreatedToken, CreateToken } from '../../../contract/access.ts';
import { ServedConversationEvent } from '../../../contract/conversation-events.ts';
import * as http from '../../../contract/http.ts';
import { FollowedEventId, IdempotencyKey } from '../../../contract/http-parameters.ts';
import { type Call, header, json, readerParameters, temporalProblems } from './call.ts';

const path = z.object({ id: z.string().describe('Id of the conversation') });

const createConversation: Call = {
  operationId: 'createConversation',
  tag: 'conversations',
  access: 'key',
  scope: 'turns',
  summary: 'Create a conversation',
  description:
    'With an id of your own a repeat is safe: it finds the conversation that is there. Without a body, Legato chooses the id.',
  body: { schema: http.CreateConversation, isRequired: false, description: 'Id and facts, if you have any' },
  answers: {
    200: json(
      'The conversation of this id as it was created before; metadata and context sent again are ignored',
      http.CreatedConversation,
      location('conversation'),
    ),
    201: json('The new conversation', http.CreatedConversation, location('conversation')),
  },
  problems: ['unknown-agent', 'agent-differs', 'stopping', ...temporalProblems],
};

const getConversation: Call = {
  operationId: 'getConversation',
  tag: 'conversations',
  scope: 'read',
  summary: 'Read a conversation',
  description: 'Its latest turns, and what was said and done in them.',
  parameters: { path },
  answers: { 200: json('The conversation', http.Conversation) },
  problems: ['unknown-conversation', ...temporalProblems],
};

const startTurn: Call = {
  operationId: 'startTurn',
  tag: 'turns',
  scope: 'turns',
  summary: 'Start a turn',
  description:
    'Post what the caller said. The answer comes as soon as the turn has begun, or, with `Prefer: wait=N`, when it has ended. ' +
    'Any open turn of the same conversation is interrupted. A token cannot send `context`.',
  parameters: {
    path,
    header: z.object({
      'Idempotency-Key': IdempotencyKey.optional().describe(
        'Printable ASCII. A repeat of the post with the same key finds the same turn, so it is safe after a lost answer',
      ),
      Prefer: z
        .string()
        .optional()
        .describe(
          `\`wait=N\`: answer when the turn has ended, or after N seconds, at most ${http.limits.waitSeconds} (RFC 7240). ` +
            'Anything else is ignored',
        ),
      traceparent: z
        .string()
        .optional()
        .describe(
          'The trace that the turn belongs to, which its tools are told (W3C Trace Context). A broken one is ignored',
        ),
      tracestate: z.string().optional().describe('What goes with `traceparent`, at most 512 characters'),
    }),
  },
  body: {
    schema: http.StartTurn,
    isRequired: true,
    description: "What the caller said; without `input`, the turn says the agent's greeting, if the agent has one",
  },
  answers: {
    200: json('The turn, which has ended', http.Turn, { ...location('turn'), ...preferenceApplied(true) }),
    202: json('The turn has begun', http.AcceptedTurn, { ...location('turn'), ...preferenceApplied(false) }),
  },
  problems: [
    ...([
      'key-needed',
      'invalid-idempotency-key',
      'unknown-conversation',
      'unknown-agent',
      'idempotency-key-reused',
      'metadata-unfit',
      'metadata-unreadable',
    ] as const),
    ...(['turn-not-begun', 'post-given-up', 'too-many-turns', 'too-many-claims', 'stopping'] as const),
    ...temporalProblems,
  ],
};

const getConversationEvents: Call = {
  operationId: 'getConversationEvents',
  tag: 'conversations',
  scope: 'read',
  summary: 'Follow all turns of a conversation',
  description:
    'Server-sent events of all turns, those to come too, in the order of publication: where turns overlap, so do their events, ' +
    'and those of each turn are in order. The stream begins with `conversation.joined` and the first event of what is open ' +
    'now, or after the event that is named; it ends when the server stops, or with the token of its reader. A turn whose stream cannot be read here is told ' +
    'by `turn.snapshot` and `turn.finished` once it has ended.',
  parameters: {
    path,
    ...readerParameters(
      FollowedEventId,
      'The last `id` received, which says nothing else: its form may change. `0`: from the beginning of the conversation',
    ),
  },
  events: { schema: ServedConversationEvent, id: 'Where the reader is: send it as `Last-Event-ID` to continue' },
  problems: ['invalid-query', 'invalid-event-id', 'unknown-conversation', ...temporalProblems],
};

const createToken: Call = {
  operationId: 'createToken',
  tag: 'conversations',
  access: 'key',
  scope: 'turns',
  summary: 'Create a token for one conversation',
  description:
    'A page that has it may use this conversation, and nothing else, without a key, until it expires. It may not create ' +
    'conversations or tokens, and not send `context`.',
  parameters: { path },
  body: { schema: CreateToken, isRequired: false, description: 'What the token may do, and for how long' },
  answers: { 201: json('The token, which is not kept anywhere', CreatedToken) },
  problems: ['unknown-conversation', ...temporalProblems],
};

export const conversationCalls = {
  '/v1/conversations': { post: createConversation },
  '/v1/conversations/{id}': { get: getConversation },
  '/v1/conversations/{id}/turns': { post: startTurn },
  '/v1/conversations/{id}/events': { get: getConversationEvents },
  '/v1/conversations/{id}/tokens': { post: createToken },
} satisfies Record<string, Record<string, Call>>;

function location(of: string) {
  return header('Location', `Path of the ${of}`);
}

function preferenceApplied(required: boolean) {
  const { 'Preference-Applied': described } = header(
    'Preference-Applied',
    'The seconds that the server waits: `wait=N`',
  );
  return { 'Preference-Applied': { ...described, required } };
}
