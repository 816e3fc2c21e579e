import type { AskedCall, CallResult, FaultyPlan, Inputs, PlannedTool, RecordedRound } from '../contract/rounds.ts';

/** A call of a round: one that can run, or one with a fault, which was settled when it was planned. */
export type Call = RunnableCall | FaultyCall;

export interface RunnableCall extends AskedCall, PlannedTool {
  /** Step id, `tool:<round>:<index>:<name>`; it is the id of the call everywhere. */
  readonly call: string;
  /** Calls that have to be settled before this one can start. */
  readonly waitsFor: readonly string[];
  /** Where arguments come from that the model does not write. */
  readonly inputs: Inputs;
  readonly state: CallState;
  readonly fault?: never;
  readonly joined?: never;
}

export interface FaultyCall extends Omit<FaultyPlan, 'joins'> {
  readonly call: string;
  readonly state: Settled;
  /** The same call, made earlier in the reply: its result is that of both. */
  readonly joined?: string;
}

export type CallState =
  | { readonly is: 'waiting' }
  /** The rules have commanded a player to run it; its inputs are among its arguments. */
  | { readonly is: 'started' }
  | Settled;

interface Settled {
  readonly is: 'settled';
  readonly result: CallResult;
  readonly wasStarted: boolean;
}

/** One model call and what it asked for, so far. */
export interface Round extends Omit<RecordedRound, 'calls'> {
  readonly calls: readonly Call[];
}

export function isOpen({ state }: Call): boolean {
  return state.is !== 'settled';
}

export function isWaiting(call: Call): call is RunnableCall {
  return call.state.is === 'waiting';
}

/** Whether a player runs it, or has it wait at its gate. */
export function isStarted(call: Call): call is RunnableCall {
  return call.state.is === 'started';
}

/** How it was settled. Undefined while it is open. */
export function resultOf({ state }: Call): CallResult | undefined {
  return state.is === 'settled' ? state.result : undefined;
}

/** Whether the model made a mistake with it. */
export function isFaulty({ fault, joined }: Call): boolean {
  return fault !== undefined && joined === undefined;
}

/** A call's result as the model and clients see it. Undefined while there is none. */
export function shownResult(call: Call, { calls }: Round): CallResult | undefined {
  const own = call.joined === undefined ? call : calls.find((other) => other.call === call.joined);
  return own && resultOf(own);
}

export function settle(call: Call, result: CallResult): Call {
  const { state } = call;
  const wasStarted = state.is === 'settled' ? state.wasStarted : state.is === 'started';
  return { ...call, state: { is: 'settled', result, wasStarted } };
}
