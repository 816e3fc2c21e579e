import type { Agent, CalledIn, OnThrown, Tool } from '../../agent/agent.ts';
import type { CallError, Item, Json } from '../../contract/items.ts';
import { type PlannedCall, type PlannedTool, PREAMBLE, type Toolbox } from '../../contract/rounds.ts';
import type { AuthorCode } from '../calls/author-code.ts';
import type { CallingTurn } from '../calls/call-step.ts';
import { fitsMetadata, UNFIT_METADATA } from '../calls/unfit-metadata.ts';
import type { ReplyCall } from './reply-calls.ts';

/** Of arguments that are not JSON so much is recorded. */
const RECORDED_CHARS = 1000;
/** What reads arguments goes from level to level, and a stack has an end. */
const MAX_DEPTH = 100;

export interface CheckedCall {
  readonly planned: PlannedCall;
  /** What the model wrote for the caller, wherever it stood among the arguments. */
  readonly preamble: unknown;
}

export interface Checking {
  readonly agent: Agent;
  readonly authors: AuthorCode;
  readonly turn: Pick<CallingTurn, 'id' | 'served' | 'metadata'>;
}

export interface CheckedWith extends Checking {
  /** How much the arguments of one reply may come to. */
  readonly maxCallsChars: number;
  readonly transcript: readonly Item[];
  /** Takes what functions of the agent's author threw, and the arguments that they were given. */
  readonly onThrown: (thrown: unknown, args: Json) => void;
}

/** Checks a call that a model made before anything runs: it gets what it runs under, or the fault that the model gets. */
export function checkCall(call: ReplyCall, checking: CheckedWith): CheckedCall {
  const { agent, authors, turn } = checking;
  const name = toName(call.name);
  const parsed = readArguments(call, checking.maxCallsChars);
  if (typeof parsed === 'string') {
    const fault = { kind: 'invalid_arguments', message: parsed } as const;
    return { planned: { name, arguments: call.arguments.slice(0, RECORDED_CHARS), fault }, preamble: undefined };
  }
  const tool = agent.tools.find(name);
  const { args, preamble } = withoutPreamble(parsed.value);
  if (!tool) return { planned: { name, arguments: args, fault: unknownTool(agent) }, preamble };
  const author = { tool: name, turn: turn.id, given: args };
  const planned = authors.run(author, () => checkArguments(tool, args, checking));
  return { planned: { name, arguments: args, ...planned }, preamble };
}

/** The tools that calls require, directly or not. */
export function toolboxFor(calls: readonly PlannedCall[], { agent, authors, turn }: Checking): Toolbox {
  const toolbox = new Map<string, PlannedTool>();
  const waiting = calls.flatMap((call) => sourcesOf(call));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const tool = agent.tools.find(name);
    if (!tool || toolbox.has(name)) continue;
    toolbox.set(
      name,
      authors.run({ tool: name, turn: turn.id }, () => toAdded(tool, turn)),
    );
    waiting.push(...sourcesOf(tool));
  }
  return Object.fromEntries(toolbox);
}

interface Fault {
  readonly fault: CallError;
}

function checkArguments(tool: Tool, args: Json, { transcript, turn, onThrown }: CheckedWith): PlannedTool | Fault {
  if (!fitsMetadata(tool, turn.metadata)) return { fault: UNFIT_METADATA };
  const threw: OnThrown = (thrown) => onThrown(thrown, args);
  const called = { served: turn.served, onThrown: threw };
  const checked = tool.checkAsked(args, threw);
  if (!checked.ok) return { fault: checked.error };
  const reason = tool.rejectIf?.(checked.value, transcript, called);
  if (reason !== undefined) return { fault: { kind: 'rejected', message: turn.metadata.hideIn(reason) } };
  return toPlanned(tool, checked.value, called);
}

/** A call that the model did not make has no arguments but those that are filled in. */
function toAdded(tool: Tool, { served }: Checking['turn']): PlannedTool {
  const nothing = tool.checkAsked({});
  return toPlanned(tool, nothing.ok ? nothing.value : {}, { served });
}

function toPlanned({ policyFor, requires, after }: Tool, args: unknown, called: CalledIn): PlannedTool {
  return {
    policy: policyFor(args, called),
    ...(Object.keys(requires).length > 0 && { requires }),
    ...(after.length > 0 && { after }),
  };
}

function sourcesOf({ requires = {} }: Pick<PlannedCall, 'requires'>): string[] {
  return Object.values(requires).map((source) => source.tool);
}

function withoutPreamble(args: Json): { readonly args: Json; readonly preamble: unknown } {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return { args, preamble: undefined };
  const { [PREAMBLE]: preamble, ...rest } = args;
  return { args: rest, preamble };
}

function unknownTool(agent: Agent): CallError {
  const names = agent.tools
    .list()
    .map(({ name }) => name)
    .join(', ');
  const message = names ? `There is no such tool; there are: ${names}` : 'There are no tools; answer in words';
  return { kind: 'unknown_tool', message };
}

/** A name that providers take back in a later request, whatever the model invented. */
function toName(name: string): string {
  const valid = name.slice(0, 65).replace(/[^a-zA-Z0-9_-]/g, '_');
  // Shortened, it must not become the name of another tool.
  return valid.length > 64 ? `${valid.slice(0, 63)}_` : valid || 'unnamed';
}

/** The arguments, or why they are none, for the model. */
function readArguments(call: ReplyCall, maxChars: number): { readonly value: Json } | string {
  const { arguments: text, isTooLong, isText } = call;
  if (isText) return 'The call was written as text and has not run; call the tool itself, and write no calls as text';
  if (isTooLong) return `The arguments of one reply are at most ${maxChars} characters; send less`;
  const value = parse(text);
  if (value === undefined) return 'The arguments are not JSON; send one JSON object';
  if (isDeeper(value, MAX_DEPTH))
    return `The arguments are nested deeper than ${MAX_DEPTH} levels; send a flatter object`;
  return { value };
}

function parse(text: string): Json | undefined {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    return undefined; // the caller answers it with a fault
  }
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}
