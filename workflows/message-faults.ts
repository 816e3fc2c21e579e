import type { Item, SpeechKind } from '../contract/items.ts';
import type { Modality, Outcome, TurnInput } from '../contract/turn.ts';

// Faults of the messages that a workflow gets; undefined if there is none. Checked by hand, since the sandbox has no
// schema library; a message that passes cannot make workflow code throw.

interface Rule {
  /** Continues "must be". */
  readonly must: string;
  readonly fits: (value: unknown) => boolean;
}
type Shape = Readonly<Record<string, Rule>>;

/** As in the front end's `InterruptTurn`. */
const MAX_ID = 64;
const MAX_SPEECH = 16;

const OUTCOMES: Record<Outcome, true> = { answered: true, interrupted: true, expired: true, failed: true };
const KINDS: Record<SpeechKind, true> = { preamble: true, filler: true, answer: true, apology: true };
const MODALITIES: Record<Modality, true> = { text: true, audio: true };

const flag: Rule = { must: 'true or false', fits: (value) => typeof value === 'boolean' };
const words: Rule = { must: 'a text', fits: (value) => typeof value === 'string' };
const whole: Rule = { must: 'a whole number', fits: Number.isSafeInteger };
const ms: Rule = {
  must: 'a number of milliseconds, at least 0',
  fits: (value) => Number.isFinite(value) && Number(value) >= 0,
};
const anything: Rule = { must: 'there', fits: (value) => value !== undefined };
const name = text(1_000);

const voiced: Shape = { heardText: words, durationMs: ms };
const speech: Shape = { speech: text(MAX_SPEECH), kind: oneOf(KINDS), text: words, voiced: object(voiced) };
const cut: Shape = {
  id: text(MAX_ID),
  number: whole,
  settled: listOf(name),
  begun: listOf(name),
  said: listOf(object(speech)),
  answers: flag,
  ending: optional(oneOf(OUTCOMES)),
};
const interrupt: Shape = {
  id: optional(text(MAX_ID)),
  speech: optional(text(MAX_SPEECH)),
  heardMs: optional(ms),
  cut: optional(object(cut)),
  epoch: optional(whole),
};

const items: Record<Item['type'], Shape> = {
  user: { text: words },
  speech: { speech: text(MAX_SPEECH), kind: oneOf(KINDS), text: words, heardText: words },
  call: { call: name, name: words, arguments: anything },
  result: { call: name, ok: flag },
};
/** Of a type that only a later release knows, an item is kept as it is: it belongs to the transcript all the same. */
const item: Rule = {
  must: 'an item of a transcript',
  fits: (value) => {
    const type = isObject(value) ? value['type'] : undefined;
    if (typeof type !== 'string' || type === '') return false;
    return !Object.hasOwn(items, type) || faultIn(value, items[type as Item['type']]) === undefined;
  },
};
/** A later release may know more of them. */
const outcome: Rule = {
  must: `one of ${Object.keys(OUTCOMES).join(', ')}, or another word`,
  fits: (value) => typeof value === 'string' && /^[a-z_]{1,32}$/.test(value),
};
const post = optional(object({ key: name, body: name }));
const began: Shape = { id: name, number: whole, startedAt: text(64), epoch: optional(whole), post };
const turnOfRecord: Shape = { id: name, number: whole, state: words, startedAt: words, epoch: optional(whole), post };
const record: Shape = {
  agent: name,
  createdAt: text(64),
  turns: listOf(object(turnOfRecord)),
  items: listOf(item),
  omittedItems: whole,
};
/** Never a value itself. */
const fieldsOfText: Rule = {
  must: 'an object of texts',
  fits: (value) => isObject(value) && Object.values(value).every((field) => typeof field === 'string'),
};
const terms: Shape = { deadlineMs: ms, maxRounds: whole, apology: words };
/** Of each input, its fields beside `type`. */
const inputs: Record<TurnInput['type'], Shape> = { text: { text: words }, greeting: {} };
const turn: Shape = {
  conversationId: name,
  agent: name,
  input: optional({ must: 'an object', fits: isObject }),
  text: optional(words),
  modality: oneOf(MODALITIES),
  context: optional(words),
  conversationContext: optional(words),
  traceparent: optional(words),
  tracestate: optional(words),
  number: optional(whole),
  home: optional(words),
  post,
  terms: optional(object(terms)),
  history: optional({ must: 'an object', fits: isObject }),
  metadata: optional(fieldsOfText),
  sealed: optional(fieldsOfText),
};

/** What the front end checks beyond this is refused by the activity that posts. */
const postOfTurn: Shape = {
  conversationId: name,
  agent: name,
  text: optional(words),
  key: optional(name),
  modality: optional(oneOf(MODALITIES)),
  playout: optional(words),
  context: optional(words),
};

/** Without an argument it is a barge-in. */
export function interruptFault(asked: unknown): string | undefined {
  if (asked === undefined || asked === null) return undefined;
  const fault = faultIn(asked, interrupt);
  if (fault || !isObject(asked) || asked['heardMs'] === undefined || asked['speech'] !== undefined) return fault;
  return "'speech' must be the speech that 'heardMs' counts from; got nothing";
}

export function turnBeganFault(report: unknown): string | undefined {
  return faultIn(report, began);
}

export function turnEndedFault(report: unknown): string | undefined {
  return faultIn(report, { ...began, outcome, items: listOf(item) });
}

export function turnStartFault(start: unknown): string | undefined {
  const fault = faultIn(start, turn);
  if (fault || !isObject(start) || !isObject(start['input'])) return fault;
  const { input, text } = start;
  if (text !== undefined) return `'text' must be left out, since 'input' is given; got ${described(text)}`;
  return (
    faultIn(input, { type: oneOf(inputs) }, 'input.') ??
    faultIn(input, inputs[input.type as TurnInput['type']], 'input.')
  );
}

export function postTurnFault(asked: unknown): string | undefined {
  return faultIn(asked, postOfTurn);
}

export function conversationInputFault(input: unknown): string | undefined {
  return faultIn(input, record);
}

/** `at`: stands before the names of the fields. */
function faultIn(value: unknown, shape: Shape, at = ''): string | undefined {
  if (!isObject(value)) return `it must be an object; got ${described(value)}`;
  const wrong = Object.entries(shape).find(([field, { fits }]) => !fits(value[field]));
  return wrong && `'${at}${wrong[0]}' must be ${wrong[1].must}; got ${described(value[wrong[0]])}`;
}

function text(maxCharacters: number): Rule {
  const fits = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= maxCharacters;
  return { must: `a text of 1 to ${maxCharacters} characters`, fits };
}

function oneOf(values: Readonly<Record<string, unknown>>): Rule {
  const fits = (value: unknown) => typeof value === 'string' && Object.hasOwn(values, value);
  return { must: `one of ${Object.keys(values).join(', ')}`, fits };
}

function optional({ must, fits }: Rule): Rule {
  return { must: `${must}, or left out`, fits: (value) => value === undefined || fits(value) };
}

function listOf({ must, fits }: Rule): Rule {
  return { must: `a list, each entry ${must}`, fits: (value) => Array.isArray(value) && value.every(fits) };
}

function object(shape: Shape): Rule {
  const fits = (value: unknown) => faultIn(value, shape) === undefined;
  return { must: `an object with ${Object.keys(shape).join(', ')}`, fits };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never a text itself: it may be what a caller has said. */
function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return isObject(value) ? 'an object' : JSON.stringify(value);
}
