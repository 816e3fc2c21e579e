interface ProblemKind {
  readonly status: number;
  /** When a request gets it, for the API's description. */
  readonly when: string;
}

/** Every kind of problem, by the last part of its `type`: what programs tell problems apart by. */
export const problemKinds = {
  'broken-request': { status: 400, when: 'The request is malformed' },
  'broken-json': { status: 400, when: 'The body is not a JSON object' },
  'invalid-body': { status: 400, when: 'Fields of the body are missing, wrong or unknown; `errors` names them' },
  'invalid-query': { status: 400, when: 'A parameter of the query is wrong' },
  'invalid-event-id': { status: 400, when: 'The id of the last event is not the id of an event' },
  'invalid-idempotency-key': { status: 400, when: 'The Idempotency-Key is blank, too long, or not printable ASCII' },
  unauthorized: { status: 401, when: 'The key is missing or wrong' },
  'token-expired': { status: 401, when: 'The token has expired' },
  'key-in-address': { status: 401, when: 'The parameter access_token has a key; only tokens may stand there' },
  'scope-missing': { status: 403, when: 'The key or token does not have the scope that the call needs' },
  'foreign-conversation': { status: 403, when: 'The conversation is not for this key or token' },
  'key-needed': { status: 403, when: 'A token cannot do this; a key can' },
  'foreign-host': { status: 403, when: 'The server has no keys, and was asked under the name of another machine' },
  'foreign-origin': { status: 403, when: 'The server has no keys, and a page of another site asked it' },
  'unknown-route': { status: 404, when: 'There is no such path' },
  'unknown-agent': { status: 404, when: 'This server does not serve that agent' },
  'unknown-conversation': { status: 404, when: 'There is no such conversation' },
  'unknown-turn': { status: 404, when: 'There is no such turn, or Temporal no longer keeps it' },
  'unknown-speech': { status: 404, when: 'The turn has no such speech' },
  'method-not-allowed': { status: 405, when: 'The path has no such method; the header Allow names those it has' },
  'agent-differs': { status: 409, when: 'A conversation of this id belongs to another agent' },
  'idempotency-key-reused': { status: 409, when: 'The Idempotency-Key started a turn with another body' },
  'metadata-unfit': { status: 409, when: 'The metadata of the conversation does not fit the agent' },
  'playout-assumed': { status: 409, when: "The turn was started with playout 'assumed', so it takes no reports" },
  'turn-not-open': { status: 409, when: 'The turn is over, or played by another process' },
  'audio-expired': { status: 410, when: 'The audio of the turn is no longer kept' },
  'body-too-large': { status: 413, when: 'The body is larger than 64 KiB' },
  'unsupported-media-type': { status: 415, when: 'The body is not declared as JSON in UTF-8' },
  internal: { status: 500, when: 'A fault of Legato; its log says why' },
  'audio-elsewhere': { status: 503, when: 'Another process plays the turn; ask that one' },
  'interrupt-failed': { status: 503, when: 'The process that speaks could not cut the turn, which goes on' },
  'metadata-unreadable': { status: 503, when: 'The process has no key for the secret metadata of the conversation' },
  'not-ready': { status: 503, when: 'The process takes no turns now' },
  'post-given-up': { status: 503, when: 'All clients of the post had left before its turn was started' },
  'process-held': { status: 503, when: 'The process was blocked and could not read the answer of Temporal in time' },
  stopping: { status: 503, when: 'The process is stopping and takes no new work' },
  'temporal-refused': { status: 503, when: 'Temporal refused the request; the log says why' },
  'temporal-unreachable': { status: 503, when: 'Temporal did not answer in time' },
  'too-many-claims': { status: 503, when: 'Too many steps wait for Temporal to record them' },
  'too-many-turns': { status: 503, when: 'Too many turns are open in this process' },
  'turn-not-begun': {
    status: 503,
    when: 'The turn of this Idempotency-Key was started, and no process has begun it yet',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemSlug = keyof typeof problemKinds;

/** The `type` of a problem document. */
export const problemType = (slug: ProblemSlug): string => `urn:legato:problem:${slug}`;
