import type { HeardTurn, Observation } from '../observation.ts';
import { planned, toSentences } from '../script.ts';
import { epochOf, type Finding, isShortened, type Listener, listenersOf } from './finding.ts';

interface Said {
  readonly text: string;
  readonly speech: string;
  readonly index: number;
  readonly epoch: number;
  readonly soundMs: number;
}

/** By the tone voice of the scripted server. */
const MS_PER_CHARACTER = 55;
const TOLERANCE_MS = 30;

const saidTo = ({ events }: Listener): readonly Said[] =>
  events.flatMap((heard) => {
    const { event } = heard;
    if (event.type !== 'speech.sentence') return [];
    const { text, speech, index } = event;
    return [{ text, speech, index, epoch: epochOf(heard), soundMs: soundOf({ events }, speech, index) }];
  });

function soundOf({ events }: Pick<Listener, 'events'>, speech: string, index: number): number {
  const pieces = events.flatMap(({ event }) =>
    event.type === 'speech.audio' && event.speech === speech && event.index === index ? [Number(event.pcm)] : [],
  );
  return pieces.reduce((sum, ms) => sum + ms, 0);
}

/** Sentences said twice to one listener, apart from one that was being said when its home was lost. */
export function doubledSentences({ turns }: Observation): readonly Finding[] {
  return eachListener(turns, (listener) => {
    const all = saidTo(listener);
    return all.flatMap((one, at) => {
      const before = all.slice(0, at).find(({ text }) => text === one.text);
      return before && !mayBeSaidAgain(before, one, all) ? [`'${one.text}' was said twice`] : [];
    });
  });
}

/** The last one of a speech that another home has broken off. */
function mayBeSaidAgain(before: Said, again: Said, all: readonly Said[]): boolean {
  const isLast = !all.some(({ speech, index }) => speech === before.speech && index > before.index);
  return isLast && before.speech !== again.speech && before.epoch < again.epoch;
}

/** How often a sentence that was being said was said again. */
export function repeatedSentences({ turns }: Observation): number {
  const again = turns.flatMap(({ heard }) => {
    const all = saidTo({ name: '', events: heard }).map(({ text }) => text);
    return all.filter((text, at) => all.indexOf(text) < at);
  });
  return again.length;
}

/** Sentences of turns that were answered that a listener did not get, or not in order, or not all of their sound. */
export function missingSentences({ turns }: Observation): readonly Finding[] {
  return turns.flatMap((turn) => eachListener([turn], (listener) => missingTo(listener, turn)));
}

function missingTo(listener: Listener, turn: HeardTurn): readonly string[] {
  const finished = listener.events.at(-1)?.event;
  if (isShortened(listener) || finished?.type !== 'turn.finished') return [];
  const said = saidTo(listener);
  const { preamble, answer } = planned(turn.ref, turn.tools.length > 0);
  const wanted = toSentences(`${preamble} ${answer}`);
  const order = [...new Set(said.map(({ text }) => text))];
  const isInOrder = order.every((text, at) => wanted[at] === text);
  if (!isInOrder) return [`was told: ${order.join(' ')}`];
  if (finished.outcome !== 'answered') return [];
  return wanted.flatMap((text) => {
    const instances = said.filter((one) => one.text === text);
    if (instances.length === 0) return [`did not get '${text}'`];
    const soundMs = Math.max(...instances.map((one) => one.soundMs));
    const wantedMs = text.length * MS_PER_CHARACTER;
    return soundMs < wantedMs - TOLERANCE_MS ? [`got ${soundMs} of ${wantedMs} ms of '${text}'`] : [];
  });
}

function eachListener(
  turns: readonly HeardTurn[],
  find: (listener: Listener) => readonly string[],
): readonly Finding[] {
  return turns.flatMap((turn) =>
    listenersOf(turn).flatMap((listener) =>
      find(listener).map((what) => ({ of: turn.ref, what: `${listener.name}: ${what}` })),
    ),
  );
}
