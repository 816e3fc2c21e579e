import type { CallResult, Speech, Voiced } from '../contract/rounds.ts';
import type { ThinkResult } from '../contract/steps.ts';
import type { SpeechRecord, StepRecord } from '../contract/turn.ts';
import { resultOf, type Round } from './call.ts';
import { thinkStep, toVoiceCommand } from './steps.ts';

/** How a step ended, as operators see it: `finished` only if it succeeded. */
export type StepEnd = Pick<StepRecord, 'state' | 'error' | 'source' | 'usage'> & Partial<Pick<StepRecord, 'attempts'>>;

/** `why`: what stopped it, if it did not end by itself. */
export function endOfThink(
  { cut, stopped, usage }: Pick<ThinkResult, 'cut' | 'stopped' | 'usage'>,
  why: string,
): StepEnd {
  const end: StepEnd = cut || stopped ? cancelled(why) : { state: 'finished' };
  return { ...end, ...(usage && { usage }) };
}

export function endOfVoice({ interrupted, degraded }: Voiced, why: string): StepEnd {
  if (interrupted) return cancelled(why);
  if (degraded === undefined) return { state: 'finished' };
  return { state: 'failed', error: { kind: 'degraded', message: degraded } };
}

export function endOfCall({ error, attempts, source, fellBackFor }: CallResult): StepEnd {
  const failure = error ?? fellBackFor;
  return { state: stateOf(failure?.kind), attempts, ...(failure && { error: failure }), ...(source && { source }) };
}

export function cancelled(why: string): StepEnd {
  return { state: 'cancelled', error: { kind: 'cancelled', message: why } };
}

function stateOf(errorKind: string | undefined): StepRecord['state'] {
  if (errorKind === undefined) return 'finished';
  if (errorKind === 'cancelled') return 'cancelled';
  return errorKind === 'outcome_unknown' ? 'unknown' : 'failed';
}

/**
 * Steps with what was said by each: a preamble belongs to its model call, a filler or an excuse to its tool call, and so
 * does, to the model call, an answer that was cut before its own step.
 */
export function withSpeeches(steps: readonly StepRecord[], rounds: readonly Round[]): StepRecord[] {
  const ids = new Set(steps.map(({ id }) => id));
  const said = rounds.flatMap((round) =>
    round.speeches.map((speech) => {
      const step = stepOf(speech, round);
      return { step: ids.has(step) ? step : thinkStep(round.round), record: toRecord(speech) };
    }),
  );
  return steps.map((step) => {
    const speeches = said.flatMap(({ step: id, record }) => (id === step.id ? record : []));
    return speeches.length > 0 ? { ...step, speeches } : step;
  });
}

function stepOf(speech: Speech, { round, calls }: Round): string {
  const call = calls.find((made) => resultOf(made)?.spoken?.some((other) => other.speech === speech.speech));
  if (call) return call.call;
  return speech.kind === 'preamble' ? thinkStep(round) : toVoiceCommand(speech).step;
}

function toRecord({ speech, voiced }: Speech): SpeechRecord[] {
  if (!voiced) return [];
  const { durationMs, heardMs, degraded } = voiced;
  const heard = heardMs !== undefined && { heardMs };
  return [{ speech, durationMs, ...heard, ...(degraded !== undefined && { degraded }) }];
}
