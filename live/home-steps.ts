import type { StepKind } from '../contract/turn.ts';
import type { CallToolInput, ThinkInput, ThinkResult, VoiceInput } from '../contract/steps.ts';
import type { CallResult, Voiced } from '../contract/rounds.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import type { LiveTurn } from './live-turn.ts';
import { runCall, type CallDependencies } from './run-call.ts';
import { speakAloud } from './speak-aloud.ts';
import { thinkAloud, type ThinkDependencies } from './think-aloud.ts';

/** What a step works with, beside the process it runs in. */
export interface StepWork {
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
  /** Aborted when the step is no longer wanted, never because its process lost sight of Temporal. */
  readonly signal: AbortSignal;
}

export type StepDependencies = ThinkDependencies & CallDependencies;

type Content<T> = Omit<T, 'epoch' | 'opens'>;

// Every step has one run at home, whoever asks for it first: the live player, ahead of the record, or the record itself.
// What it is begun with, its epoch aside, is what a claim has to equal (I3).

export function thinkAtHome(turn: LiveTurn, input: Content<ThinkInput>, deps: StepDependencies): Promise<ThinkResult> {
  const named = { step: input.step, kind: 'think', content: thinkContent(input) } as const;
  return joinStep(turn, named, (work) => thinkAloud(input, { ...deps, ...work }));
}

export function voiceAtHome(turn: LiveTurn, input: Content<VoiceInput>): Promise<Voiced> {
  const named = { step: input.step, kind: 'voice', name: input.kind, content: voiceContent(input) } as const;
  return joinStep(turn, named, (work) => speakAloud(input, work));
}

export function callAtHome(turn: LiveTurn, input: Content<CallToolInput>, deps: StepDependencies): Promise<CallResult> {
  const named = { step: input.step, kind: 'tool', name: input.name, content: callContent(input) } as const;
  return joinStep(turn, named, (work) => runCall(input, { ...deps, ...work }));
}

export function thinkContent({ round, mustAnswer, settled }: Content<ThinkInput>): object {
  return { round, mustAnswer, settled };
}

export function voiceContent({ speech, kind, text }: Content<VoiceInput>): object {
  return { speech, kind, text };
}

export function callContent({
  name,
  arguments: args,
  policy,
}: Pick<CallToolInput, 'name' | 'arguments' | 'policy'>): object {
  return { name, arguments: args, policy };
}

interface NamedStep {
  readonly step: string;
  readonly kind: StepKind;
  readonly name?: string;
  readonly content: object;
}

function joinStep<T>(turn: LiveTurn, named: NamedStep, run: (work: StepWork) => Promise<T>): Promise<T> {
  return turn.claims.join(named.step, named.content, (signal) => publishStep({ turn, signal }, named, run));
}

async function publishStep<T>(
  { turn, signal }: Pick<StepWork, 'turn' | 'signal'>,
  { step, kind, name }: NamedStep,
  run: (work: StepWork) => Promise<T>,
): Promise<T> {
  const publish = (event: NewEvent): void => turn.publish(step, event);
  const named = { step, kind, ...(name !== undefined && { name }), attempt: 1 };
  const startedMs = performance.now();
  const finish = (ended: { ok: boolean; error?: { kind: string; message: string } }): void =>
    publish({ type: 'step.finished', ...named, ...ended, durationMs: Math.round(performance.now() - startedMs) });
  publish({ type: 'step.started', ...named });
  try {
    const result = await run({ turn, publish, signal });
    finish({ ok: true });
    return result;
  } catch (error) {
    const { name: kindOf, message } = error as Error;
    finish({ ok: false, error: { kind: kindOf, message } });
    throw error;
  }
}
