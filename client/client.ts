import type { z } from 'zod';
import {
  AcceptedTurn,
  Conversation,
  CountedPlayout,
  type CreateConversation,
  CreatedConversation,
  InterruptedTurn,
  type InterruptTurn,
  type ReportPlayout,
  type ServedEvent,
  type StartTurn,
  Turn,
} from '../contract/http.ts';
import { CreatedToken, type CreateToken } from '../contract/access.ts';
import { Credential } from './credential.ts';
import {
  type EventsOptions,
  followEvents,
  type FollowedEvent,
  type FollowOptions,
  type OpenEvents,
  readEvents,
} from './event-stream.ts';
import { withKnownItems } from './known-items.ts';
import { isServerUrl } from './server-url.ts';
import { toLegatoError } from './legato-error.ts';

export interface LegatoClientOptions {
  /** E.g. `http://127.0.0.1:8787`. */
  readonly baseUrl: string;
  readonly apiKey?: string;
  /**
   * In place of a key: a token of `createToken`. A function, which fetches one, is called again once the token has been refused;
   * a page gives one that asks its own server.
   */
  readonly token?: string | (() => Promise<string>);
  readonly fetch?: typeof fetch;
}

export interface NewTurn {
  /** What the caller said, up to 8,000 characters. Without it the agent says its greeting. */
  readonly text?: string;
  /** `text`: no speech is synthesised. Default `audio`. */
  readonly modality?: StartTurn['modality'];
  /** `client`: you report what is played, with `reportPlayout`. Default `assumed`: in real time from publication. */
  readonly playout?: StartTurn['playout'];
  /** Facts for this turn, shown to the model and not spoken, up to 4,000 characters. */
  readonly context?: string;
}

export interface StartTurnOptions {
  /** Makes a repeat after a lost answer safe: it finds the same turn. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Every call throws LegatoError if the server refuses it, and TypeError with its address if the server cannot be reached. */
export interface LegatoClient {
  /** A new one, or the one of this id as it was created: `metadata` and `context` that are sent again are ignored. */
  createConversation(conversation?: CreateConversation): Promise<CreatedConversation>;
  conversation(id: string): Promise<Conversation>;
  /** A token with which a page uses this conversation without a key: by default for 600 s, to post, listen and interrupt. */
  createToken(conversationId: string, token?: CreateToken): Promise<CreatedToken>;
  startTurn(conversationId: string, turn: NewTurn, options?: StartTurnOptions): Promise<AcceptedTurn>;
  /** The turn as it is now. */
  turn(id: string): Promise<Turn>;
  /** The caller speaks: the voice stops at once; the answer says what was heard of the turn. */
  interrupt(turnId: string, interrupt?: InterruptTurn): Promise<InterruptedTurn>;
  /** What the listener's device has played, in a turn with playout `client`. */
  reportPlayout(turnId: string, report: ReportPlayout): Promise<CountedPlayout>;
  /** Events until `turn.finished`, also across broken connections. Aborting `signal` throws its reason. */
  events(turnId: string, options?: EventsOptions): AsyncIterable<ServedEvent>;
  /**
   * The events of all turns of a conversation, also across broken connections. It begins with `conversation.joined`, after which
   * a turn that you post is in it from its first event, and then with the first event of what is open now. It goes on until you
   * leave the loop; aborting `signal` throws its reason. Turns may overlap: the events of each are in order.
   */
  follow(conversationId: string, options?: FollowOptions): AsyncIterable<FollowedEvent>;
  /** Waits until the turn has finished. */
  result(turnId: string, options?: { readonly signal?: AbortSignal }): Promise<Turn>;
  /** The speech as WAV, 24 kHz mono 16 bit, streamed from its beginning. */
  audio(turnId: string, options?: { readonly signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
}

/** A client of one Legato server. Throws TypeError where `baseUrl` is no http or https URL, or where it is given both a key and a token. */
export function createLegatoClient(options: LegatoClientOptions): LegatoClient {
  const call = createCall(options);
  const turnPath = (id: string): string => `/v1/turns/${encodeURIComponent(id)}`;
  const conversationPath = (id: string): string => `/v1/conversations/${encodeURIComponent(id)}`;
  const client: LegatoClient = {
    createConversation: async (conversation = {}) =>
      read(CreatedConversation, await call('/v1/conversations', { body: conversation })),
    createToken: async (conversationId, token = {}) =>
      read(CreatedToken, await call(`${conversationPath(conversationId)}/tokens`, { body: token })),
    conversation: async (id) => read(Conversation, await call(conversationPath(id))),
    startTurn: async (conversationId, { text, ...rest }, { idempotencyKey, signal } = {}) => {
      const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
      const body = { ...(text !== undefined && { input: { text } }), ...rest };
      return read(AcceptedTurn, await call(`${conversationPath(conversationId)}/turns`, { body, headers, signal }));
    },
    turn: async (id) => read(Turn, await call(turnPath(id))),
    interrupt: async (turnId, interrupt = {}) =>
      read(InterruptedTurn, await call(`${turnPath(turnId)}/interrupt`, { body: interrupt })),
    reportPlayout: async (turnId, report) =>
      read(CountedPlayout, await call(`${turnPath(turnId)}/playout`, { body: report })),
    events: (turnId, eventsOptions = {}) =>
      readEvents(toOpenEvents(call, turnPath(turnId), eventsOptions), eventsOptions),
    follow: (conversationId, followOptions = {}) =>
      followEvents(toOpenEvents(call, conversationPath(conversationId), followOptions), followOptions),
    result: async (turnId, waiting = {}) => {
      const turn = await client.turn(turnId);
      if (turn.state === 'finished') return turn;
      for await (const event of client.events(turnId, waiting)) if (event.type === 'turn.finished') break;
      return client.turn(turnId);
    },
    audio: async (turnId, { signal } = {}) => {
      const { body } = await call(`${turnPath(turnId)}/audio`, { signal });
      return body ?? new ReadableStream();
    },
  };
  return client;
}

function toOpenEvents(
  call: ReturnType<typeof createCall>,
  path: string,
  { audio = false, signal }: Pick<EventsOptions, 'audio' | 'signal'>,
): OpenEvents {
  return (lastEventId) => {
    const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
    return call(`${path}/events${audio ? '?audio=1' : ''}`, { headers, signal });
  };
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

function createCall({ baseUrl, fetch: send = fetch, ...secrets }: LegatoClientOptions) {
  if (!isServerUrl(baseUrl))
    throw new TypeError(`'baseUrl' is '${baseUrl}', but must be an http or https URL, e.g. http://127.0.0.1:8787`);
  const base = baseUrl.replace(/\/+$/, '');
  const credential = new Credential(secrets);
  return async (path: string, { body, headers = {}, signal }: CallOptions = {}): Promise<Response> => {
    const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const ask = (secret: string | undefined): Promise<Response> => {
      const authorization = secret === undefined ? {} : { Authorization: `Bearer ${secret}` };
      return send(`${base}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...authorization, ...json, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      }).catch((error: unknown) => {
        throw error instanceof TypeError
          ? new TypeError(`No server answers at '${base}': ${error.message}`, { cause: error })
          : error;
      });
    };
    const secret = await credential.secret();
    const first = await ask(secret);
    // What was refused has done nothing, so that it can be sent again.
    const response = first.status === 401 && credential.renew(secret) ? await ask(await credential.secret()) : first;
    if (!response.ok) throw await toLegatoError(response);
    return response;
  };
}

async function read<S extends z.ZodType>(schema: S, response: Response): Promise<z.output<S>> {
  return schema.parse(withKnownItems(await response.json()));
}
