import type { Filler, Speech } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { aborted } from '../../time/aborted.ts';
import { pause } from '../../time/clock.ts';
import type { LiveTurn } from '../turns/live-turn.ts';
import { arrivals } from '../../time/silence.ts';
import type { Aside } from './voice-queue.ts';

/** So long after other speech the caller needs no filler. */
export const QUIET_BEFORE_FILLER_MS = 1_500;

export interface Waiting {
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
  /** Where in the turn it is said. */
  readonly aside: Aside;
  /** Whether a filler may still be said, asked when its time has come. Default: it may. */
  readonly takes?: (filler: Filler) => boolean;
  /** Aborted when the wait is over: then nothing more is begun, and what is said ends with its sentence. */
  readonly signal: AbortSignal;
}

/** Fills the silence while the caller waits. Resolves with what was said when the wait is over. Timers are this process's. */
export async function sayFillers(fillers: readonly Filler[], waiting: Waiting): Promise<readonly Speech[]> {
  const startedMs = waiting.turn.clock.nowMs();
  const spoken: Speech[] = [];
  for (const filler of fillers) {
    if (!(await isTime(startedMs + filler.afterMs, waiting)) || waiting.signal.aborted) break;
    if (waiting.takes?.(filler) === false) continue;
    const phrase = waiting.turn.phrases.choose(filler.say);
    if (phrase !== undefined) spoken.push(...(await sayFiller(phrase, waiting)));
  }
  return spoken;
}

/** Waits for the filler's time, which moves on while somebody speaks. False when the call is settled first. */
async function isTime(dueMs: number, { turn: { voice, clock }, signal }: Waiting): Promise<boolean> {
  for (;;) {
    const fromMs = Math.max(dueMs, voice.quietSinceMs + QUIET_BEFORE_FILLER_MS);
    await pause(clock, fromMs - clock.nowMs(), signal);
    await arrivals(); // the result may wait to be read
    if (signal.aborted) return false;
    if (voice.isSpeaking) await Promise.race([voice.quiet, aborted(signal)]);
    else if (clock.nowMs() >= voice.quietSinceMs + QUIET_BEFORE_FILLER_MS) return !signal.aborted;
  }
}

async function sayFiller(text: string, { turn, aside, publish, signal }: Waiting): Promise<readonly Speech[]> {
  const { speech } = turn.voice.beginAside(aside, publish);
  speech.say(text);
  speech.end('filler');
  await Promise.race([speech.over, aborted(signal)]);
  if (signal.aborted) speech.stop();
  return isHeard(speech.said) ? [speech.said] : [];
}

function isHeard({ voiced }: Speech): boolean {
  return voiced !== undefined && voiced.heardText !== '';
}
