// I2: step ids come from content, never from who came first.

export function thinkStep(round: number): string {
  return `think:${round}`;
}

/** The speech of a round's own words; an apology is the second one. */
export function speechId(round: number, place: 1 | 2): string {
  return `${round}-${place}`;
}

export function voiceStep(round: number, place: 1 | 2): string {
  return place === 1 ? `voice:${round}` : `voice:${round}:${place}`;
}

export function toolStep(round: number, index: number, name: string): string {
  return `tool:${round}:${index}:${name}`;
}
