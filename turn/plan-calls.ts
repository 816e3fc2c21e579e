import type { CallError } from '../contract/items.ts';
import type {
  CallResult,
  FaultyPlan,
  Inputs,
  PlannedCall,
  PlannedTool,
  RunnablePlan,
  Toolbox,
} from '../contract/rounds.ts';
import { type Call, isOpen, isWaiting, resultOf, settle, type Round } from './call.ts';
import { toolStep } from './steps.ts';
import { MAX_CALLS_PER_ROUND } from './turn-state.ts';

export interface Plan {
  readonly round: number;
  readonly calls: readonly PlannedCall[];
  readonly toolbox: Toolbox;
  /** The model got no tools. */
  readonly mustAnswer: boolean;
  /** What the turn has done before this round. */
  readonly earlier: readonly Round[];
}

/**
 * Makes a round's graph of what the model asked for: each call gets its id, what it waits for and where its inputs come
 * from; a call that another one requires is added before it. Calls that will not run are settled at once.
 */
export function planCalls(plan: Plan): readonly Call[] {
  const asked = plan.calls.map((planned, index) => toCall(plan, planned, index));
  const planned: Call[] = [];
  for (const call of asked) {
    planned.push(...withPrerequisites(call, { plan, planned, asked, chain: [call.name] }));
  }
  return planned.map((call) => withOrder(call, planned));
}

/** A call that ends without having run to its end. */
export function failedResult(error: CallError): CallResult {
  return { ok: false, error, attempts: 0, durationMs: 0 };
}

function toCall({ round, mustAnswer }: Plan, planned: PlannedCall, index: number): Call {
  const call = newCall(toolStep(round, index, planned.name), withoutPlace(planned, round));
  const error = mustAnswer ? NO_MORE_CALLS : index >= MAX_CALLS_PER_ROUND ? TOO_MANY_CALLS : undefined;
  return error ? settle(call, failedResult(error)) : call;
}

/** A call that joins an earlier one names it by its id. */
function withoutPlace(planned: PlannedCall, round: number): NewPlan {
  if (!planned.fault) return planned;
  const { joins, ...plan } = planned;
  return joins === undefined ? plan : { ...plan, joined: toolStep(round, joins, planned.name) };
}

type NewPlan = RunnablePlan | (FaultyPlan & { readonly joined?: string });

/** A call that does not run is settled at once, so that a turn never waits for it. */
function newCall(call: string, planned: NewPlan): Call {
  if (!planned.fault) return { ...planned, call, waitsFor: [], inputs: {}, state: { is: 'waiting' } };
  return { ...planned, call, state: { is: 'settled', result: failedResult(planned.fault), wasStarted: false } };
}

interface Planning {
  readonly plan: Plan;
  /** Of this round, so far. */
  readonly planned: readonly Call[];
  /** By the model, in this round. */
  readonly asked: readonly Call[];
  /** Names of the tools that led to the call that is planned, its own included. */
  readonly chain: readonly string[];
}

/** A call with its inputs, after those that are added for it. */
function withPrerequisites(call: Call, planning: Planning): readonly Call[] {
  if (!isWaiting(call) || !call.requires) return [call];
  const added: Call[] = [];
  const inputs: Record<string, Inputs[string]> = {};
  for (const [argument, { tool, field }] of Object.entries(call.requires)) {
    const there = findCall(tool, { ...planning, planned: [...planning.planned, ...added] });
    const more = there ? [] : addCall(call, tool, { ...planning, planned: [...planning.planned, ...added] });
    added.push(...more);
    inputs[argument] = { call: there ?? more.at(-1)?.call ?? tool, field };
  }
  return [...added, { ...call, inputs, waitsFor: Object.values(inputs).map((input) => input.call) }];
}

/** A call of a tool that can be relied on: asked for or added in this round, or with a result that this turn has. */
function findCall(tool: string, { plan, planned, asked }: Planning): string | undefined {
  const usable = [...asked, ...planned].find((call) => call.name === tool && isOpen(call));
  const done = plan.earlier
    .flatMap((round) => round.calls)
    .findLast((call) => call.name === tool && resultOf(call)?.ok);
  return usable?.call ?? done?.call;
}

function addCall(dependent: Call, name: string, { chain, ...planning }: Planning): readonly Call[] {
  const { toolbox } = planning.plan;
  const tool: PlannedTool | undefined = Object.hasOwn(toolbox, name) ? toolbox[name] : undefined;
  const asked = { name, arguments: {} };
  const planned = tool ? { ...asked, ...tool } : { ...asked, fault: unknownTool(name) };
  const added = newCall(`${dependent.call}.req:${name}`, planned);
  const call = chain.includes(name) ? settle(added, failedResult(CIRCULAR)) : added;
  return withPrerequisites(call, { ...planning, chain: [...chain, name] });
}

/** `after` concerns all calls of the same round, also added ones. */
function withOrder(call: Call, planned: readonly Call[]): Call {
  if (!isWaiting(call)) return call;
  const before = planned.filter((other) => call.after?.includes(other.name) && other !== call && !other.joined);
  return { ...call, waitsFor: [...call.waitsFor, ...before.map((other) => other.call)] };
}

function unknownTool(name: string): CallError {
  return { kind: 'unknown_tool', message: `There is no tool '${name}'` };
}

const CIRCULAR: CallError = { kind: 'rejected', message: 'It requires itself' };

const NO_MORE_CALLS: CallError = {
  kind: 'rejected',
  message: 'No more tools can be used in this turn: answer with what is known',
};

const TOO_MANY_CALLS: CallError = {
  kind: 'rejected',
  message: `Only the first ${MAX_CALLS_PER_ROUND} calls of a round are run`,
};
