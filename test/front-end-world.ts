import assert from 'node:assert/strict';
import { AcceptedTurn, CreatedConversation, type ProblemDetails, Turn } from '../contract/http.ts';
import { Access } from '../server/access/access.ts';
import { type ApiKey, toApiKeys } from '../server/access/api-key.ts';
import { type FrontEnd, type FrontEndOptions, startFrontEnd } from '../server/http/start-front-end.ts';
import type { ServiceDependencies } from '../service/service-dependencies.ts';
import { TurnService } from '../service/turn-service.ts';
import { assertDeclared } from './declared-answers.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export interface FrontEndWorldOptions extends WorldOptions {
  readonly frontEnd?: Partial<Pick<FrontEndOptions, 'pace' | 'graceMs' | 'loop' | 'corsOrigins'>> &
    Partial<Pick<ServiceDependencies, 'maxOpenTurns'>> & {
      /** Those that are texts may do everything. Default: none. */
      readonly apiKeys?: readonly (string | ApiKey)[];
    };
}

export interface Sending {
  readonly method?: string;
  readonly json?: unknown;
  /** In place of `json`, as it is. */
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly method: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A process that serves an agent of its own over HTTP. */
export interface FrontEndWorld extends World {
  readonly url: string;
  readonly access: Access;
  readonly frontEnd: FrontEnd;
  /** GET, or POST where there is a body, unless `method` says otherwise. */
  readonly send: (path: string, sending?: Sending) => Promise<Answer>;
  readonly newConversation: () => Promise<string>;
  /** Posts a turn: text in, text out. */
  readonly post: (conversationId: string, text: string, headers?: Record<string, string>) => Promise<Answer>;
  /** Posts a turn that is accepted at once. */
  readonly accept: (conversationId: string, text: string, headers?: Record<string, string>) => Promise<AcceptedTurn>;
  /** Posts a turn and waits for its end. */
  readonly play: (conversationId: string, text: string, headers?: Record<string, string>) => Promise<Turn>;
  /** A turn as it is when its workflow has closed. */
  readonly ended: (turnId: string) => Promise<Turn>;
}

export async function createFrontEndWorld(options: FrontEndWorldOptions = {}): Promise<FrontEndWorld> {
  const world = await createWorld(options);
  const { metrics, turns, logger } = world;
  let isWorkerRunning = true;
  const service = new TurnService({ ...world, maxOpenTurns: 50, ...options.frontEnd });
  const access = toAccess(options);
  const frontEnd = await startFrontEnd({
    ...{ service, logger, host: '127.0.0.1', port: 0, access },
    isWorkerRunning: () => isWorkerRunning,
    readMetrics: () => metrics.read(turns),
    ...options.frontEnd,
  });
  return {
    ...world,
    ...toCalls(world, frontEnd.url),
    url: frontEnd.url,
    access,
    frontEnd,
    stopWorkers: async () => {
      await world.stopWorkers();
      isWorkerRunning = false;
    },
    [Symbol.asyncDispose]: async () => {
      await frontEnd.stop();
      await world[Symbol.asyncDispose]();
    },
  };
}

function toAccess({ frontEnd: { apiKeys = [] } = {} }: FrontEndWorldOptions): Access {
  const described = toApiKeys(apiKeys.filter((key) => typeof key === 'string'));
  return new Access({ keys: [...described, ...apiKeys.filter((key) => typeof key !== 'string')] });
}

const PATIENCE_MS = 60_000;

type Calls = Pick<FrontEndWorld, 'send' | 'newConversation' | 'post' | 'accept' | 'play' | 'ended'>;

function toCalls({ client }: World, url: string): Calls {
  const send: Calls['send'] = async (path, sending) => {
    const answer = await sendTo(`${url}${path}`, sending);
    assertDeclared(answer.method, path, answer);
    return answer;
  };
  const post: Calls['post'] = (conversationId, text, headers = {}) =>
    send(`/v1/conversations/${conversationId}/turns`, { json: { input: { text }, modality: 'text' }, headers });
  return {
    send,
    post,
    newConversation: async () => {
      const { body } = await patiently(() => send('/v1/conversations', { json: {} }));
      return CreatedConversation.parse(body).id;
    },
    accept: async (...turn) => AcceptedTurn.parse(answered(202, await patiently(() => post(...turn)))),
    play: async (conversationId, text, headers = {}) => {
      const waiting = { Prefer: 'wait=30', ...headers };
      return Turn.parse(answered(200, await patiently(() => post(conversationId, text, waiting))));
    },
    ended: async (turnId) => {
      await client.workflow
        .getHandle(turnId)
        .result()
        .catch(() => undefined); // How it ended is in the record.
      return Turn.parse(answered(200, await patiently(() => send(`/v1/turns/${turnId}`))));
    },
  };
}

/** As clients do: what Temporal had no time for, on a busy machine, is asked again, for nothing was done. */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    const { type } = (answer.body ?? {}) as Partial<ProblemDetails>;
    if (!type?.endsWith(':temporal-unreachable') || performance.now() >= untilMs) return answer;
  }
}

export async function sendTo(url: string, { json, body, headers = {}, ...sending }: Sending = {}): Promise<Answer> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const method = sending.method ?? (sent === undefined ? 'GET' : 'POST');
  const response = await fetch(url, {
    method,
    headers: { ...(sent !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(sent !== undefined && { body: sent }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  return { method, status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

function answered(status: number, answer: Answer): unknown {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  return answer.body;
}

/** The problem that a request was answered with; it is one of the expected status, in the form of RFC 9457. */
export function problemOf(answer: Answer, status: number, slug: string): ProblemDetails {
  const { type, title, detail, ...rest } = answered(status, answer) as ProblemDetails;
  assert.equal(answer.headers.get('Content-Type'), 'application/problem+json; charset=utf-8');
  assert.equal(type, `urn:legato:problem:${slug}`);
  assert.equal(rest.status, status);
  assert.ok(title.length > 0 && detail.length > 0, 'A problem has a title and a detail');
  return { type, title, detail, ...rest };
}
