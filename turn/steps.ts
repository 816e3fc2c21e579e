import type { Speech } from '../contract/rounds.ts';
import type { TurnCommand } from './turn-state.ts';

// I2: step ids come from content, never from who came first.

export function thinkStep(round: number): string {
  return `think:${round}`;
}

export function toolStep(round: number, index: number, name: string): string {
  return `tool:${round}:${index}:${name}`;
}

/** A round's own words are its first speech, an apology that ends the turn its second; what is said by calls comes after. */
export function speechId(round: number, place: number): string {
  return `${round}-${place}`;
}

export function toVoiceCommand({ speech, kind, text }: Speech): Extract<TurnCommand, { type: 'voice' }> {
  const [round, place] = speech.split('-');
  return { type: 'voice', step: place === '1' ? `voice:${round}` : `voice:${round}:${place}`, speech, kind, text };
}
