import type { CallError, Json } from '../contract/items.ts';
import type { CallResult } from '../contract/rounds.ts';
import { type Call, isOpen, isStarted, isWaiting, resultOf, type RunnableCall, settle, type Round } from './call.ts';
import { failedResult } from './plan-calls.ts';

export interface ReadyCalls {
  readonly rounds: readonly Round[];
  readonly ready: readonly RunnableCall[];
}

/**
 * The calls that can start now: everything they wait for has succeeded. They come back started, with their inputs
 * filled in. A call that waits for one that failed is settled as skipped, and so is what waits for it.
 */
export function readyCalls(rounds: readonly Round[]): ReadyCalls {
  const results = new Map(rounds.flatMap((round) => round.calls).map((call) => [call.call, resultOf(call)]));
  const ready: RunnableCall[] = [];
  let skipped = false;
  const next = rounds.map((round) => ({
    ...round,
    calls: round.calls.map((call) => {
      if (!isWaiting(call)) return call;
      const before = call.waitsFor.map((id) => results.get(id));
      if (before.includes(undefined)) return call;
      const filled = fillInputs(call, results);
      const error = failureBefore(call, results) ?? filled.error;
      if (error) skipped = true;
      if (error) return settle(call, failedResult(error));
      const started: RunnableCall = { ...call, arguments: filled.arguments, state: { is: 'started' } };
      ready.push(started);
      return started;
    }),
  }));
  if (!skipped) return { rounds: ready.length === 0 ? withoutDeadlock(next) : next, ready };
  const more = readyCalls(next);
  return { rounds: more.rounds, ready: [...ready, ...more.ready] };
}

/** Calls that wait for each other are skipped, so that every turn ends. */
function withoutDeadlock(rounds: readonly Round[]): readonly Round[] {
  const calls = rounds.flatMap((round) => round.calls).filter(isOpen);
  if (calls.some(isStarted)) return rounds;
  const error = { kind: 'skipped', message: 'It waits for a call that waits for it' } as const;
  const skip = (call: Call): Call => (isOpen(call) ? settle(call, failedResult(error)) : call);
  return rounds.map((round) => ({ ...round, calls: round.calls.map(skip) }));
}

type Results = ReadonlyMap<string, CallResult | undefined>;

function failureBefore(call: RunnableCall, results: Results): CallError | undefined {
  const failed = call.waitsFor.find((id) => results.get(id)?.ok === false);
  if (failed === undefined) return undefined;
  const why = results.get(failed)?.error;
  return { kind: 'skipped', message: `It needs '${nameIn(failed)}' first, which was not done: ${why?.message ?? ''}` };
}

interface Filled {
  readonly arguments: Json;
  readonly error?: CallError;
}

function fillInputs(call: RunnableCall, results: Results): Filled {
  const filled: Record<string, Json> = {};
  for (const [argument, { call: id, field }] of Object.entries(call.inputs)) {
    const value = fieldOf(results.get(id)?.result, field);
    if (value === undefined || value === null) {
      const message = `It needs '${field}' of '${nameIn(id)}', whose result has none`;
      return { arguments: call.arguments, error: { kind: 'skipped', message } };
    }
    filled[argument] = value;
  }
  return { arguments: isObject(call.arguments) ? { ...call.arguments, ...filled } : call.arguments };
}

/** What the model wrote: the arguments without what was filled in. */
export function askedArguments(call: Call): Json {
  const { arguments: args } = call;
  if (call.fault || !isObject(args)) return args;
  const { inputs } = call;
  return Object.fromEntries(Object.entries(args).filter(([argument]) => !(argument in inputs)));
}

/** A field of a result; dots lead into objects. */
function fieldOf(result: Json | undefined, field: string): Json | undefined {
  return field.split('.').reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), result);
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The tool's name at the end of a step id. */
function nameIn(id: string): string {
  return id.split(':').at(-1) ?? id;
}
