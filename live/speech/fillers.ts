import type { Filler, Speech } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { aborted, pause, type Clock } from '../../time/clock.ts';
import { arrivals } from '../../time/silence.ts';
import type { Aside, VoiceQueue } from './voice-queue.ts';

/** So long after other speech the caller needs no filler. */
export const QUIET_BEFORE_FILLER_MS = 1_500;

/** Chooses among phrases so that a conversation hears the same words twice in a row only where there are no others. */
export class PhraseChoice {
  #last: { readonly phrase: string; readonly place: string } | undefined;

  /**
   * The phrase after the one that was said last, in the list's order; that one again where there is no other. Undefined where
   * it would be said again at the same place.
   */
  choose(phrases: readonly string[], place: string): string | undefined {
    const last = this.#last;
    const from = phrases.findIndex((phrase) => phrase === last?.phrase) + 1;
    const others = [...phrases.slice(from), ...phrases.slice(0, from)].filter((phrase) => phrase !== last?.phrase);
    const phrase = others[0] ?? (last?.place === place ? undefined : phrases[0]);
    if (phrase !== undefined) this.#last = { phrase, place };
    return phrase;
  }
}

/** Where something is said in a round of a turn, whichever of its waits asks for it. */
export function placeOf({ id }: { readonly id: string }, round: number): string {
  return `${id}/${round}`;
}

/** The agent's fillers of a turn, which the calls of a round share: each is said once, whichever of them asks first. */
export class SharedFillers {
  readonly #taken = new Set<string>();

  /** Whether a filler is still to be said in a round. */
  take(round: number, afterMs: number): boolean {
    const filler = `${round}/${afterMs}`;
    if (this.#taken.has(filler)) return false;
    this.#taken.add(filler);
    return true;
  }
}

/** A turn as far as something is said in it. */
export interface SpeakingTurn {
  readonly id: string;
  readonly clock: Clock;
  readonly voice: VoiceQueue;
  readonly phrases: PhraseChoice;
}

export interface Waiting {
  readonly turn: SpeakingTurn;
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
    const phrase = waiting.turn.phrases.choose(filler.say, placeOf(waiting.turn, waiting.aside.round));
    if (phrase !== undefined) spoken.push(...(await sayFiller(phrase, waiting)));
  }
  return spoken;
}

/** Waits for the filler's time, which moves on while somebody speaks. False when the call is settled first. */
async function isTime(dueMs: number, { turn: { voice, clock }, signal }: Waiting): Promise<boolean> {
  for (;;) {
    const fromMs = Math.max(dueMs, voice.quietSinceMs + QUIET_BEFORE_FILLER_MS);
    await pause(clock, fromMs - clock.nowMs(), signal);
    if (signal.aborted) return false;
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
  return isTold(speech.said) ? [speech.said] : [];
}

/** It was heard, or went out as text since the voice had failed. */
function isTold({ voiced }: Speech): boolean {
  return voiced !== undefined && (voiced.heardText !== '' || voiced.degraded !== undefined);
}
