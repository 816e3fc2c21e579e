import type { StepKind } from '../../contract/turn.ts';
import type { ThinkResult } from '../../contract/steps.ts';
import type { CallResult, Voiced } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { callContent, type CallContent } from '../calls/call-step.ts';
import { runCall } from '../calls/run-call.ts';
import { voiceContent, type VoiceContent } from '../speech/voice-queue.ts';
import { thinkAloud } from '../thinking/think-aloud.ts';
import { thinkContent, type ThinkContent, type ThinkDependencies } from '../thinking/think-step.ts';
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

export function callAtHome(turn: LiveTurn, input: Step<CallContent>, deps: StepDependencies): Promise<CallResult> {
  const named = { step: input.step, kind: 'tool', name: input.name, content: callContent(input) } as const;
  return joinStep(turn, named, (work) => runCall(input, { ...deps, ...work }));
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
  const startedMs = clock.nowMs();
  const finish = (ended: { ok: boolean; error?: { kind: string; message: string } }): void =>
    publish({ type: 'step.finished', ...named, ...ended, durationMs: Math.round(clock.nowMs() - startedMs) });
  publish({ type: 'step.started', ...named });
  try {
    const result = await run({ turn, publish, signal });
    finish({ ok: true });
    return result;
  } catch (error) {
    const { name: kindOf, message } = error as Error;
    if (!signal.aborted) turn.account.threw(step, error);
    finish({ ok: false, error: { kind: kindOf, message } });
    throw error;
  }
}
