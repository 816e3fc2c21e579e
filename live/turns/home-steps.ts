import type { StepKind } from '../../contract/turn.ts';
import type { CallToolInput, CallToolResult, PassGateResult, ThinkResult, VoiceResult } from '../../contract/steps.ts';
import type { CallResult, Voiced } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { callContent, type CallContent, type CallInput } from '../calls/call-step.ts';
import { runCall } from '../calls/run-call.ts';
import { voiceContent, type VoiceContent } from '../speech/voice-queue.ts';
import { thinkAloud } from '../thinking/think-aloud.ts';
import { StepUsage } from '../thinking/step-usage.ts';
import { thinkContent, type ThinkContent, type ThinkDependencies } from '../thinking/think-step.ts';
import { bargeInOn } from './interrupts.ts';
import type { HomeSteps } from './live-player.ts';
import type { LiveTurn } from './live-turn.ts';

/** What the steps of a process's turns are done with. */
export type StepDependencies = ThinkDependencies;

type Step<T> = T & { readonly step: string };

// Every step has one run at home, whether the live player asks for it first or the record does.

export function thinkAtHome(turn: LiveTurn, input: Step<ThinkContent>, deps: StepDependencies): Promise<ThinkResult> {
  const named = { step: input.step, kind: 'think', content: thinkContent(input) } as const;
  return joinStep(turn, named, (work) => thinkAloud(input, { ...deps, ...work }));
}

export function voiceAtHome(turn: LiveTurn, input: Step<VoiceContent>): Promise<Voiced> {
  const named = { step: input.step, kind: 'voice', name: input.kind, content: voiceContent(input) } as const;
  return joinStep(turn, named, (work) => turn.voice.speak(input, work));
}

export function callAtHome(turn: LiveTurn, input: CallInput, deps: StepDependencies): Promise<CallResult> {
  const named = { step: input.step, kind: 'tool', name: input.name, content: callContent(input) } as const;
  return joinStep(turn, named, (work) => runCall(input, { ...deps, ...work }));
}

/** A last speech as the record gets it, with how the preambles ended that have no step of their own. */
export async function voiceForRecord(turn: LiveTurn, input: Step<VoiceContent>): Promise<VoiceResult> {
  const voiced = await voiceAtHome(turn, input);
  const earlier = turn.course.endedPreambles;
  return { ...voiced, ...(earlier.length > 0 && { earlier }) };
}

/** A call as the record gets it, with the barge-in that ended it. */
export async function callForRecord(
  turn: LiveTurn,
  { ran, ...input }: Step<CallContent> & Pick<CallToolInput, 'mayHaveBegun' | 'ran'>,
  deps: StepDependencies,
): Promise<CallToolResult> {
  if (ran) turn.elsewhere.of(input.step).end(ran);
  const elsewhere = ran && { elsewhere: turn.elsewhere.of(input.step) };
  const result = await callAtHome(turn, { ...input, ...elsewhere }, deps);
  const bargeIn = bargeInOn(turn, input.step);
  return { ...result, ...(bargeIn && { dropped: bargeIn }) };
}

/** Begins a call whose tool a tools-only worker runs, and waits until it is past its gate, or over. */
export async function passGateForRecord(
  turn: LiveTurn,
  input: Step<CallContent>,
  deps: StepDependencies,
): Promise<PassGateResult> {
  const elsewhere = turn.elsewhere.of(input.step);
  const call = callAtHome(turn, { ...input, elsewhere }, deps);
  const result = await Promise.race([call, elsewhere.begun]);
  const bargeIn = bargeInOn(turn, input.step);
  return result ? { ended: { ...result, ...(bargeIn && { dropped: bargeIn }) } } : {};
}

/** A step that the record asks for. */
export interface AskedStep {
  readonly step: string;
  /** What a run of it was begun with, if home has begun it. Absent: it has no run of its own. */
  readonly content?: object;
  /** Home leaves the step to the record. */
  readonly isLeftToRecord?: boolean;
}

/** Whether the record, which decides, has gone another way than what runs ahead of it here. */
export function isUnforeseen(turn: LiveTurn, { step, content, isLeftToRecord = false }: AskedStep): boolean {
  const isLeft = isLeftToRecord || turn.wasAsked(step);
  return turn.runsAhead && content !== undefined && !isLeft && !turn.claimable.has(step, content);
}

/** The steps of one turn, for its live player. */
export function createHomeSteps(turn: LiveTurn, deps: StepDependencies): HomeSteps {
  return {
    think: (command) => thinkAtHome(turn, command, deps),
    voice: (command) => voiceAtHome(turn, command),
    callTool: ({ step, call }) => callAtHome(turn, { step, ...call }, deps),
    cancel: (step) => turn.claimable.cancel(step),
  };
}

/** What one step works with. */
interface StepWork {
  readonly turn: LiveTurn;
  /** Takes what its models are used for. */
  readonly usage: StepUsage;
  readonly publish: (event: NewEvent) => void;
  readonly signal: AbortSignal;
}

interface NamedStep {
  readonly step: string;
  readonly kind: StepKind;
  readonly name?: string;
  readonly content: object;
}

function joinStep<T>(turn: LiveTurn, named: NamedStep, run: (work: StepWork) => Promise<T>): Promise<T> {
  return turn.claimable.join(named.step, named.content, (signal) => publishStep({ turn, signal }, named, run));
}

async function publishStep<T>(
  { turn, signal }: Pick<StepWork, 'turn' | 'signal'>,
  { step, kind, name }: NamedStep,
  run: (work: StepWork) => Promise<T>,
): Promise<T> {
  const publish = (event: NewEvent): void => turn.publish(step, event);
  const named = { step, kind, ...(name !== undefined && { name }), attempt: 1 };
  const { clock } = turn;
  const usage = new StepUsage();
  const startedMs = clock.nowMs();
  const finish = (ended: { ok: boolean; error?: { kind: string; message: string } }): void => {
    const durationMs = Math.round(clock.nowMs() - startedMs);
    publish({ type: 'step.finished', ...named, ...ended, ...usage.told, durationMs });
  };
  publish({ type: 'step.started', ...named });
  try {
    const result = await run({ turn, publish, signal, usage });
    finish({ ok: true });
    return result;
  } catch (error) {
    const { name: kindOf, message } = error as Error;
    if (!signal.aborted) turn.account.threw(step, error);
    finish({ ok: false, error: { kind: kindOf, message } });
    throw error;
  }
}
