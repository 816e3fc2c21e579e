// Type-checked against the types that openapi-typescript generates: a type or field that it drops does not compile.
import type { components, operations } from './api.ts';

type Schemas = components['schemas'];
type Call = keyof operations;

type Json<R> = R extends { content: { 'application/json': infer Body } } ? Body : never;
type Problem<R> = R extends { content: { 'application/problem+json': infer Body } } ? Body : never;
type Asked<C extends Call> = NonNullable<operations[C]['requestBody']> extends infer R ? Json<R> : never;
type Answer<C extends Call> = {
  [S in keyof operations[C]['responses']]: Json<operations[C]['responses'][S]>;
}[keyof operations[C]['responses']];

/** What each call answers with; one that is missing, or that the document does not have, does not compile. */
const answers: { readonly [C in Call]: (answer: Answer<C>) => unknown } = {
  createConversation: ({ id, agent, createdAt, metadata }) => [
    id.trim(),
    agent.trim(),
    createdAt.trim(),
    metadata?.['key'],
  ],
  getConversation: ({ turns, items, omittedItems, pending }) => [
    turns.map(({ outcome }) => outcome satisfies Schemas['Outcome'] | undefined),
    items.map(describeItem),
    omittedItems.toFixed(),
    pending.map((id) => id.trim()),
  ],
  startTurn: (turn) => [turn.id.trim(), turn.number.toFixed()],
  getTurn: ({ items, steps, temporal }) => [
    items.map(describeItem),
    steps.flatMap(({ speeches = [] }) => speeches.map(({ durationMs }) => durationMs.toFixed())),
    temporal.workflowId.trim(),
  ],
  createToken: ({ token, expiresAt, scopes }) => [token.trim(), expiresAt.trim(), scopes satisfies Schemas['Scope'][]],
  interruptTurn: ({ recorded, heardText }) => [recorded satisfies boolean, heardText.trim()],
  reportPlayout: ({ speech, heardMs }) => [speech.trim(), heardMs.toFixed()],
  getHealth: ({ status }) => status satisfies 'ok' | 'ready',
  getReadiness: ({ status }) => status satisfies 'ok' | 'ready',
  getOpenApi: (document) => Object.keys(document),
  getEvents: () => readMessage,
  getConversationEvents: () => readFollowed,
  getAudio: () => undefined,
  getMetrics: () => undefined,
};

const asked = {
  createConversation: { id: 'c1', agent: 'orders', metadata: { key: 'value' } },
  startTurn: { input: { text: 'Hi' }, modality: 'text', playout: 'client', context: 'It rains' },
  createToken: { scopes: ['read'], ttlSeconds: 60 },
  interruptTurn: { id: 'cut', speech: '1-1', heardMs: 7 },
  reportPlayout: { speech: '1-1', positionMs: 7, state: 'playing' },
} satisfies { readonly [C in Call as [Asked<C>] extends [never] ? never : C]: Asked<C> };

type Message = operations['getEvents']['responses'][200]['content']['text/event-stream'];
type FollowedMessage = operations['getConversationEvents']['responses'][200]['content']['text/event-stream'];
type Refused = Problem<operations['startTurn']['responses'][400]>;

function readMessage({ data }: Message): string {
  return describeEvent(JSON.parse(data) as Schemas['ServedEvent']);
}

function readFollowed({ data }: FollowedMessage): string {
  const event = JSON.parse(data) as Schemas['ServedConversationEvent'];
  if (event.type === 'conversation.joined') return event.conversationId;
  return event.turnId + describeEvent(event);
}

function describeEvent(event: Schemas['ServedEvent']): string {
  switch (event.type) {
    case 'turn.started':
      return event.input?.text ?? event.conversationId;
    case 'step.started':
      return event.kind satisfies Schemas['StepKind'];
    case 'step.finished':
      return event.error?.message ?? event.durationMs.toFixed();
    case 'step.recorded':
      return event.leadMs.toFixed();
    case 'speech.started':
      return event.speech;
    case 'speech.sentence':
      return event.text + event.startMs.toFixed();
    case 'speech.audio':
      return event.pcm;
    case 'speech.finished':
      return event.kind satisfies Schemas['SpeechKind'];
    case 'speech.cut':
      return event.heardText + event.heardMs.toFixed();
    case 'tool.started':
      return JSON.stringify(event.arguments satisfies Schemas['JsonValue']);
    case 'tool.progress':
      return event.note;
    case 'tool.finished':
      return event.error?.kind ?? event.source;
    case 'turn.interrupted':
      return event.heardText;
    case 'turn.finished':
      return event.outcome satisfies Schemas['Outcome'];
    case 'turn.snapshot':
      return event.items.map(describeItem).join();
    default:
      return event satisfies never;
  }
}

function describeItem(item: Schemas['Item']): string {
  switch (item.type) {
    case 'user':
      return item.text;
    case 'speech':
      return item.heardText;
    case 'call':
      return item.name;
    case 'result':
      return item.guide ?? item.error?.message ?? '';
    default:
      return item satisfies never;
  }
}

export const describeRefusal = ({ detail, errors = [] }: Refused): string =>
  [detail, ...errors.map(({ field, message }) => `${field} ${message}`)].join();

export { answers, asked };
