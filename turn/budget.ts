import type { CallResult } from '../contract/rounds.ts';
import type { TurnInput, TurnStart } from '../contract/turn.ts';
import type { RecordedState } from '../contract/turn-record.ts';
import { firstBytes, jsonBytes, utf8Bytes } from './json-bytes.ts';
import { askedArguments } from './ready-calls.ts';
import { toRecordedCall } from './recorded-rounds.ts';
import type { Round } from './call.ts';
import { withinBytes } from './within-bytes.ts';

/**
 * The size limit of a turn as JSON: its items, and what its players keep of it. Temporal takes 2 MiB a payload, and a
 * turn's record holds it twice.
 */
export const TURN_LIMIT_BYTES = 512 * 1024;
/** The rest is for what is left to each round even without room: some words, and the least of its results. */
const ROOM_BYTES = 448 * 1024;
/** While a turn has room at all a result keeps so much: what other tools take from it is usually in there. */
const LEAST_RESULT_BYTES = 2 * 1024;
/** Of an error and of the hint for it. */
const TEXT_LIMIT_BYTES = 2 * 1024;
const NOTE_BYTES = 160;
/** Of each text that a turn begins with: those of a front end are shorter. */
const INPUT_LIMIT_BYTES = 64 * 1024;
/** Of the conversation before a turn, as it travels in its start: what a front end packs is smaller. */
const HISTORY_LIMIT_BYTES = 256 * 1024;

/**
 * How much room a turn has left for the rounds after these. It depends on what was written and found, and not on what was
 * heard or when: both players get the same result.
 */
export function bytesLeft(rounds: readonly Round[]): number {
  return Math.max(0, ROOM_BYTES - rounds.reduce((sum, round) => sum + bytesOf(round), 0));
}

/** What was said is kept twice: as text, and as what was heard of it. Calls count as they stand in the record. */
function bytesOf({ speeches, calls, providerState }: Round): number {
  const words = 2 * speeches.reduce((sum, { text }) => sum + jsonBytes(text), 0);
  return words + jsonBytes(calls.map(toRecordedCall)) + jsonBytes(providerState);
}

/** What the model wrote of a round: as it was before anything was said beside it, or filled in. */
function bytesAsked({ speeches, calls, providerState }: Round): number {
  const words = speeches.find(({ speech }) => speech.endsWith('-1'))?.text ?? '';
  const asked = calls.map((call) => ({
    ...toRecordedCall(call),
    arguments: askedArguments(call),
    settled: undefined,
    started: undefined,
  }));
  return 2 * jsonBytes(words) + jsonBytes(asked) + jsonBytes(providerState);
}

export interface ReplyLimits {
  readonly wordsChars: number;
  readonly callsChars: number;
  /** Of the provider's state: more is dropped whole. */
  readonly stateBytes: number;
}

/** What the next model call may write. Of characters that take three bytes it is all that the turn has left. */
export function replyLimits(rounds: readonly Round[]): ReplyLimits {
  const left = bytesLeft(rounds);
  return {
    wordsChars: atLeast(4 * 1024, left / 14),
    callsChars: atLeast(4 * 1024, left / 7),
    stateBytes: Math.floor(left / 7),
  };
}

/**
 * A call's result as the turn has room for it. All calls of a round together get half of what the turn has left once their
 * round is asked for, each of them the same: so a result does not depend on which other one came first, and later rounds
 * find room.
 */
export function fitResult(rounds: readonly Round[], id: string, result: CallResult): CallResult {
  const index = rounds.findIndex(({ calls }) => calls.some(({ call }) => call === id));
  const round = rounds[index];
  if (!round) return result;
  const left = Math.max(0, bytesLeft(rounds.slice(0, index)) - bytesAsked(round));
  const limit = left === 0 ? 0 : atLeast(LEAST_RESULT_BYTES, left / 2 / round.calls.length);
  const { error, guide } = result;
  return {
    ...shortenResult(result, limit),
    ...(error && { error: { ...error, message: shortenText(error.message) } }),
    ...(guide !== undefined && { guide: shortenText(guide) }),
  };
}

function shortenResult(settled: CallResult, limitBytes: number): CallResult {
  const { result, cut } = settled;
  if (result === undefined) return settled;
  const bytes = jsonBytes(result);
  if (bytes <= Math.max(limitBytes, NOTE_BYTES)) return settled;
  const wholeBytes = cut?.bytes ?? bytes;
  const text = cut && typeof result === 'string' ? result : JSON.stringify(result);
  const kept = firstBytes(text, limitBytes - NOTE_BYTES);
  return { ...settled, result: kept + shortenedNote(wholeBytes, utf8Bytes(kept)), cut: { ...cut, bytes: wholeBytes } };
}

/** What stands at the end of a result that was shortened: for the model, and for who reads the record. */
export function shortenedNote(wholeBytes: number, keptBytes: number): string {
  return `… [cut: the whole result has ${wholeBytes} bytes, these are the first ${keptBytes}]`;
}

/** A state as the record has room for: providers' state is left out before any text is shortened, since it is nothing in part. */
export function fitState(state: RecordedState, limitBytes: number): RecordedState {
  if (jsonBytes(state) <= limitBytes) return state;
  const rounds = state.rounds.map(({ round, speeches, calls }) => ({ round, speeches, calls }));
  return withinBytes({ ...state, rounds }, limitBytes);
}

/** What a turn begins with: a service that starts it by itself may have made it too long. */
export function fitStart<T extends Partial<TurnStart>>(start: T): T {
  const { input, terms, history } = start;
  const { apology, greeting } = terms ?? {};
  return {
    ...start,
    ...(input !== undefined && { input: fitInput(input) }),
    ...fitTexts(start),
    ...(terms && {
      terms: {
        ...terms,
        ...(apology !== undefined && { apology: shortenText(apology, INPUT_LIMIT_BYTES) }),
        ...(greeting !== undefined && { greeting: shortenText(greeting, INPUT_LIMIT_BYTES) }),
      },
    }),
    ...(history && jsonBytes(history) > HISTORY_LIMIT_BYTES && { history: { items: [] } }),
  };
}

/** A trace that was cut no longer follows its grammar, and is ignored. */
const TEXTS = ['context', 'conversationContext', 'traceparent', 'tracestate'] as const;

function fitTexts(start: Partial<TurnStart>): Pick<TurnStart, (typeof TEXTS)[number]> {
  const given = TEXTS.flatMap((name) => (start[name] === undefined ? [] : [[name, start[name]] as const]));
  return Object.fromEntries(given.map(([name, text]) => [name, shortenText(text, INPUT_LIMIT_BYTES)]));
}

function fitInput(input: TurnInput): TurnInput {
  switch (input.type) {
    case 'text':
      return { ...input, text: shortenText(input.text, INPUT_LIMIT_BYTES) };
    case 'greeting':
      return input;
  }
}

function shortenText(text: string, limitBytes = TEXT_LIMIT_BYTES): string {
  const kept = firstBytes(text, limitBytes);
  return kept.length === text.length ? text : `${kept}… [cut]`;
}

function atLeast(least: number, value: number): number {
  return Math.floor(Math.max(least, value));
}
