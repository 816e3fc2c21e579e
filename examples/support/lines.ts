import { setTimeout as sleep } from 'node:timers/promises';

/** The provider's systems. Real ones are asked over the network, with the token of the caller's contract. */
export interface Reading {
  readonly mbits: number;
  readonly measured: string;
}

export interface Measuring {
  readonly token: string;
  readonly progress: (note: string) => void;
  readonly wait: (ms: number) => Promise<void>;
}

const visits = new Map<string, string>();

/** Takes seven and a half seconds. The system of line `L-13` refuses. */
export async function measureLine(line: string, { token, progress, wait }: Measuring): Promise<Reading> {
  for (const part of ['router', 'cable', 'exchange']) {
    progress(`Measuring the ${part}`);
    await wait(2_500);
    if (line === 'L-13') throw new Error(`The measuring system refused the token ${token}`);
  }
  return { mbits: 11, measured: 'just now' };
}

export const lastReading = (line: string): Reading => ({ mbits: line === 'L-13' ? 48 : 50, measured: 'last night' });

/** Ordered once for one key, however often it is asked. */
export function orderVisit(line: string, key: string): { visit: string } {
  const visit = visits.get(key) ?? `V-${line}-${visits.size + 1}`;
  visits.set(key, visit);
  return { visit };
}

export const waitFor = (signal: AbortSignal) => (ms: number) => sleep(ms, undefined, { signal });
