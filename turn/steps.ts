import type { Speech } from '../contract/rounds.ts';
import type { TurnCommand } from './turn-state.ts';

// I2: step ids come from content, never from who came first.

export function thinkStep(round: number): string {
  return `think:${round}`;
}

export function toolStep(round: number, index: number, name: string): string {
  return `tool:${round}:${index}:${name}`;
}

/** Of the activity that does a step: readable, for the command line and Temporal UI. */
export function toActivityId(step: string): string {
  return step.replaceAll(':', '-');
}

/** From here on: what is said while the round's calls are open. */
export const FIRST_BESIDE_CALLS = 3;
/** From here on: what is said while the model is asked, and so before the round's own words. */
export const FIRST_BEFORE_WORDS = 1_001;

/** A round's own words have place 1, an apology that ends the turn 2; fillers and what is said about a failure come after. */
export function speechId(round: number, place: number): string {
  return `${round}-${place}`;
}

export function roundOf(speech: string): number {
  return Number(speech.split('-')[0]);
}

export function placeOf(speech: string): number {
  return Number(speech.split('-')[1]);
}

/** Whether it was said while the model was asked for the words and calls of its round. */
export function isBeforeWords({ speech }: Pick<Speech, 'speech'>): boolean {
  return placeOf(speech) >= FIRST_BEFORE_WORDS;
}

export function toVoiceCommand({ speech, kind, text }: Speech): Extract<TurnCommand, { type: 'voice' }> {
  const [round, place] = speech.split('-');
  return { type: 'voice', step: place === '1' ? `voice:${round}` : `voice:${round}:${place}`, speech, kind, text };
}
