// Every sentence with which the front end refuses a request. Ids and field names are quoted; a caller's words and keys never.

import { limits } from '../../contract/http.ts';
import { Problem } from './problem.ts';

const RETRY_SOON = { headers: { 'Retry-After': '1' } };
const QUOTED_CHARACTERS = 100;

function quote(value: string): string {
  const short = value.length > QUOTED_CHARACTERS ? `${value.slice(0, QUOTED_CHARACTERS)}…` : value;
  return `'${short}'`;
}

export const unknownConversation = (id: string): Problem =>
  new Problem('unknown-conversation', `There is no conversation ${quote(id)}; create it with POST /v1/conversations`);

export const unknownTurn = (id: string): Problem =>
  new Problem('unknown-turn', `There is no turn ${quote(id)}: it never existed, or Temporal no longer keeps it`);

export const unknownAgent = (agent: string, served: string): Problem =>
  new Problem('unknown-agent', `There is no agent ${quote(agent)} here; this server serves ${quote(served)}`);

export const unknownRoute = (method: string, path: string): Problem =>
  new Problem('unknown-route', `There is no route ${method} ${quote(path)}; see /openapi.json`);

export const methodNotAllowed = (method: string, allowed: string): Problem =>
  new Problem('method-not-allowed', `${method} is not possible here; use ${allowed}`, {
    headers: { Allow: allowed },
  });

export const agentDiffers = (id: string, agent: string): Problem =>
  new Problem('agent-differs', `Conversation ${quote(id)} belongs to agent ${quote(agent)}; choose another id`);

interface Found {
  readonly field: string;
  readonly message: string;
}

function toText(errors: readonly Found[]): string {
  return errors.map(({ field, message }) => `${field} ${message}`).join('; ');
}

function inMetadata({ field, message }: Found): Found {
  return { field: field === '' ? 'metadata' : `metadata.${field}`, message };
}

export const metadataRefused = (found: readonly Found[]): Problem => invalidBody(found.map(inMetadata));

export const metadataUnfit = (id: string, found: readonly Found[]): Problem => {
  const errors = found.map(inMetadata);
  return new Problem(
    'metadata-unfit',
    `The metadata of conversation ${quote(id)} does not fit the agent, and no turn was started: ${toText(errors)}. Metadata is given when a conversation is created; create another one`,
    { errors },
  );
};

export const metadataUnreadable = (id: string, why: string): Problem =>
  new Problem(
    'metadata-unreadable',
    `This process cannot read the secret metadata of conversation ${quote(id)}, and no turn was started: ${why}`,
    RETRY_SOON,
  );

export const unknownSpeech = (turnId: string, speech: string): Problem =>
  new Problem(
    'unknown-speech',
    `Turn ${quote(turnId)} has no speech ${quote(speech)}; take the id from its event 'speech.started'`,
  );

export const playoutAssumed = (turnId: string): Problem =>
  new Problem(
    'playout-assumed',
    `Turn ${quote(turnId)} was started with playout 'assumed', so it takes no reports; start turns with playout 'client'`,
  );

export const turnNotHere = (turnId: string): Problem =>
  new Problem(
    'turn-not-open',
    `Turn ${quote(turnId)} is over, or played by another process; this process takes no reports for it`,
  );

export const keyReused = (turnId: string): Problem =>
  new Problem(
    'idempotency-key-reused',
    `This Idempotency-Key started turn ${quote(turnId)} with another body; send a new key for a new turn`,
  );

export const turnNotBegun = (turnId: string): Problem =>
  new Problem(
    'turn-not-begun',
    `Turn ${quote(turnId)} was started with this Idempotency-Key, and no process has begun it yet; try again in a second`,
    RETRY_SOON,
  );

export const interruptFailed = (turnId: string): Problem =>
  new Problem(
    'interrupt-failed',
    `The process that speaks for turn ${quote(turnId)} could not cut it, and the log says why; the turn goes on; try again, with another id`,
    RETRY_SOON,
  );

export const postGivenUp = (): Problem =>
  new Problem(
    'post-given-up',
    'All clients of this post have left before its turn was started; nothing was done; try again',
    RETRY_SOON,
  );

/** An empty body may be a lost one, and a greeting would cut the turn that is open. */
export const missingTurn = (): Problem =>
  invalidBody([{ field: 'body', message: `is missing; send {"input":{"text":"…"}}, or {} for the agent's greeting` }]);

export const audioExpired = (turnId: string): Problem =>
  new Problem(
    'audio-expired',
    `The audio of turn ${quote(turnId)} is no longer kept; what was said is in GET /v1/turns/${turnId}`,
  );

export const audioElsewhere = (turnId: string): Problem =>
  new Problem(
    'audio-elsewhere',
    `Turn ${quote(turnId)} is played by another process; ask that one for its audio`,
    RETRY_SOON,
  );

export const tooManyTurns = (limit: number): Problem =>
  new Problem('too-many-turns', `${limit} turns are open here, which is the limit; try again in a second`, RETRY_SOON);

export const tooManyClaims = (limit: number): Problem =>
  new Problem(
    'too-many-claims',
    `${limit} steps wait here for Temporal to record them, which is the limit; try again in a second`,
    RETRY_SOON,
  );

export const stopping = (): Problem =>
  new Problem('stopping', 'This process is stopping and takes no new work; try again', RETRY_SOON);

export const temporalUnreachable = (): Problem =>
  new Problem(
    'temporal-unreachable',
    'Temporal did not answer in time; nothing was done; try again in a second',
    RETRY_SOON,
  );

/** Temporal's answer may have been there: nobody looked. */
export const processHeld = (why: string): Problem =>
  new Problem(
    'process-held',
    `This process was blocked and could not read Temporal's answer in time; nothing was done; try again in a second (${why})`,
    RETRY_SOON,
  );

export const temporalRefused = (): Problem =>
  new Problem(
    'temporal-refused',
    "Temporal refused the request, and nothing was done; the log says why, and 'legato doctor' says what is missing",
    { headers: { 'Retry-After': '60' } },
  );

export const notReady = (reason: string): Problem => new Problem('not-ready', `Not ready: ${reason}`, RETRY_SOON);

/** RFC 6750. Without an `error` where nothing was sent that could be wrong. */
function challenge(fields: Readonly<Record<string, string>> = {}): { headers: Record<string, string> } {
  const named = Object.entries({ realm: 'legato', ...fields }).map(([name, value]) => `${name}="${value}"`);
  return { headers: { 'WWW-Authenticate': `Bearer ${named.join(', ')}` } };
}

export const missingKey = (): Problem =>
  new Problem('unauthorized', "The API key is missing or wrong; send it as 'Authorization: Bearer <key>'", challenge());

export const tokenExpired = (expiredAt: string): Problem =>
  new Problem(
    'token-expired',
    `The token expired at ${expiredAt}; get another one from POST /v1/conversations/:id/tokens, with a key`,
    challenge({ error: 'invalid_token' }),
  );

export const keyInAddress = (): Problem =>
  new Problem(
    'key-in-address',
    "'access_token' has an API key, and addresses are logged; replace that key, and send keys as 'Authorization: Bearer <key>', tokens only in the address",
    challenge({ error: 'invalid_token' }),
  );

export const scopeMissing = (who: string, scope: string): Problem =>
  new Problem(
    'scope-missing',
    `This needs the scope '${scope}', which ${who} does not have`,
    challenge({ error: 'insufficient_scope', scope }),
  );

export const foreignConversation = (who: string, allowed: string): Problem =>
  new Problem('foreign-conversation', `This conversation is not for ${who}, only ${allowed}`);

export const keyNeeded = (action: string): Problem =>
  new Problem('key-needed', `A token cannot ${action}; do it with a key`);

export const foreignHost = (host: string): Problem =>
  new Problem(
    'foreign-host',
    `Host ${quote(host)} is not this machine, and this server has no keys; use 'localhost', or set LEGATO_API_KEYS`,
  );

export const foreignOrigin = (origin: string): Problem =>
  new Problem(
    'foreign-origin',
    `A page of ${quote(origin)} may not use a server without keys; name it in LEGATO_CORS_ORIGINS, or set LEGATO_API_KEYS and send a key`,
  );

export const crossSite = (): Problem =>
  new Problem(
    'foreign-origin',
    'A page of another site may not use a server without keys; set LEGATO_API_KEYS and send a key',
  );

export const invalidKey = (): Problem =>
  new Problem(
    'invalid-idempotency-key',
    `Header Idempotency-Key is blank, not printable ASCII, or longer than the limit of ${limits.idempotencyKeyCharacters} characters; send another one`,
  );

export const invalidEventId = (): Problem =>
  new Problem('invalid-event-id', 'Last-Event-ID is not the id of an event; send the last id received, or none');

export const invalidQuery = (errors: readonly Found[]): Problem =>
  new Problem('invalid-query', `The query was refused: ${toText(errors)}`, { errors });

export const noGreeting = (agent: string): Problem =>
  new Problem(
    'invalid-body',
    `The body has no input, and agent ${quote(agent)} has no greeting to say instead; send 'input.text', or define a 'greeting'`,
    { errors: [{ field: 'input.text', message: 'is missing; send the words of the caller' }] },
  );

export const invalidBody = (errors: readonly Found[]): Problem =>
  new Problem('invalid-body', `The body was refused: ${toText(errors)}`, { errors });

export const brokenJson = (): Problem => new Problem('broken-json', 'The body is not a JSON object; check its syntax');

export const brokenRequest = (): Problem =>
  new Problem('broken-request', 'The request is malformed; check its path and headers');

export const bodyTooLarge = (): Problem =>
  new Problem('body-too-large', `The body is over the limit of ${limits.bodyBytes / 1024} KiB; send less`);

export const notJson = (): Problem =>
  new Problem(
    'unsupported-media-type',
    "The body is not declared as JSON in UTF-8; send 'Content-Type: application/json'",
  );

export const internal = (): Problem =>
  new Problem('internal', 'Legato failed to answer this request; its log says why');
