import type { TurnEvent } from '../../contract/events.ts';
import type { CallError, Item, Json } from '../../contract/items.ts';
import type { Outcome, StepRecord, TurnResult } from '../../contract/turn.ts';
import type { LoggedLine } from '../../live/calls/tool-log.ts';
import type { ModelMessage, ModelRequest } from '../../providers/model.ts';
import type { StreamEvent } from '../../stream/turn-stream.ts';
import type { BargeInMoment } from './barge-ins.ts';

export interface TestedCall {
  /** Step id: `tool:<round>:<index>:<name>`. */
  readonly call: string;
  readonly name: string;
  readonly arguments: Json;
}

export interface TestedResult {
  readonly call: string;
  readonly name: string;
  readonly ok: boolean;
  readonly result?: Json;
  readonly error?: CallError;
}

/** One turn of a conversation in a test, once it is over. */
export interface TestedTurn {
  /** The caller's words. Undefined in a turn that greets. */
  readonly said: string | undefined;
  /** All that the caller heard, in the order of the transcript. */
  readonly heard: string;
  /** All that the agent said, whether or not it was heard. */
  readonly spoken: string;
  readonly calls: readonly TestedCall[];
  readonly results: readonly TestedResult[];
  /** As a client reads them, without audio. `atMs`: by the test's clock, since the caller spoke. */
  readonly events: readonly TurnEvent[];
  /** What the model was shown last: instructions, the conversation as it was heard, calls and results. */
  readonly prompt: readonly ModelMessage[];
  /** All requests to the model, one for each round and each retry. */
  readonly requests: readonly ModelRequest[];
  readonly outcome: Outcome;
  /** Some speech went out as text. */
  readonly degraded: boolean;
  /** What its tools logged until it was over; what goes on later is in `talk.logs`. */
  readonly logs: readonly LoggedLine[];
  /** The turn's part of the transcript. */
  readonly items: readonly Item[];
  readonly steps: readonly StepRecord[];
  /** By the test's clock. */
  readonly durationMs: number;
  /** The barge-ins that were planned for it and whose moment did not come. Absent where there are none. */
  readonly missedBargeIns?: readonly BargeInMoment[];
}

export interface EndedPart {
  readonly said: string | undefined;
  readonly result: TurnResult;
  readonly events: readonly StreamEvent[];
  readonly requests: readonly ModelRequest[];
  readonly logs: readonly LoggedLine[];
  readonly missed?: readonly BargeInMoment[];
}

export function toTestedTurn({ said, result, events, requests, logs, missed = [] }: EndedPart): TestedTurn {
  const { outcome, degraded, items, steps } = result;
  const speeches = items.flatMap((item) => (item.type === 'speech' ? [item] : []));
  const calls = items.flatMap((item): TestedCall[] => (item.type === 'call' ? [toCall(item)] : []));
  return {
    said,
    heard: joined(speeches.map(({ heardText }) => heardText)),
    spoken: joined(speeches.map(({ text }) => text)),
    calls,
    results: items.flatMap((item) => (item.type === 'result' ? [toResult(item, calls)] : [])),
    events: events.flatMap((event) => (event.type === 'speech.audio' ? [] : [event])),
    prompt: requests.at(-1)?.messages ?? [],
    ...{ requests, outcome, degraded, logs, items, steps },
    durationMs: events.at(-1)?.atMs ?? 0,
    ...(missed.length > 0 && { missedBargeIns: missed }),
  };
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

function toCall({ call, name, arguments: args }: Extract<Item, { type: 'call' }>): TestedCall {
  return { call, name, arguments: args };
}

function toResult(item: Extract<Item, { type: 'result' }>, calls: readonly TestedCall[]): TestedResult {
  const { call, ok, result, error } = item;
  const name = calls.find((other) => other.call === call)?.name ?? '';
  return { call, name, ok, ...(result !== undefined && { result }), ...(error && { error }) };
}
