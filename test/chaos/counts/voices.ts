import { isDeepStrictEqual } from 'node:util';
import type { HeardEvent, HeardTurn, Observation } from '../observation.ts';
import { epochOf, type Finding, isShortened, type Listener, listenersOf, recordOf } from './finding.ts';

/** Clocks of a turn's start are the server's and the home's: they differ by so much. */
const TOLERANCE_MS = 500;

/** Two voices at once: to one listener, to two listeners of one turn, or of two turns of a conversation. */
export function twoVoices(observation: Observation): readonly Finding[] {
  const { turns } = observation;
  const within = turns.flatMap((turn) =>
    [...listenersOf(turn).flatMap(outOfOrder), ...besideEachOther(listenersOf(turn))].map((what) => ({
      of: turn.ref,
      what,
    })),
  );
  return [...within, ...overlaps(observation)];
}

function outOfOrder({ name, events }: Listener): readonly string[] {
  return events.flatMap((heard, at) => {
    const before = events[at - 1];
    if (!before) return [];
    const { seq, type, atMs } = heard.event;
    if (epochOf(heard) < epochOf(before)) return [`${name}: ${type} ${seq} of an older home after ${before.event.seq}`];
    if (seq <= before.event.seq) return [`${name}: ${type} ${seq} after ${before.event.seq}`];
    return atMs < before.event.atMs ? [`${name}: ${type} ${seq} at ${atMs} ms after ${before.event.atMs} ms`] : [];
  });
}

const isVoice = ({ event }: HeardEvent): boolean => event.type === 'speech.audio' || event.type === 'speech.sentence';

/** Listeners at two homes: one hears the older home speak when the other one hears the newer, or other words under one number. */
function besideEachOther([first, second]: readonly Listener[]): readonly string[] {
  if (!first || !second || isShortened(first) || isShortened(second)) return [];
  const bySeq = new Map(first.events.map((heard) => [heard.event.seq, heard.event]));
  const others = second.events.flatMap(({ event }) => {
    const same = bySeq.get(event.seq);
    const isSame = !same || isDeepStrictEqual(same, event);
    return isSame ? [] : [`event ${event.seq} is ${toText(same)} to one listener and ${toText(event)} to another`];
  });
  return [...others, ...lateVoice(first, second), ...lateVoice(second, first)];
}

const toText = (event: HeardEvent['event'] | undefined): string => JSON.stringify(event).slice(0, 300);

function lateVoice(one: Listener, other: Listener): readonly string[] {
  const newer = other.events.find((heard) => epochOf(heard) > 0 && isVoice(heard));
  if (!newer) return [];
  const late = one.events.find(
    (heard) => isVoice(heard) && epochOf(heard) < epochOf(newer) && heard.event.atMs > newer.event.atMs,
  );
  return late
    ? [`${one.name} heard the older home at ${late.event.atMs} ms, ${other.name} the newer at ${newer.event.atMs} ms`]
    : [];
}

/** The voice of a turn after that of the next one had begun, by the times of their homes. */
function overlaps(observation: Observation): readonly Finding[] {
  return [...Map.groupBy(observation.turns, (turn) => turn.conversationId).values()].flatMap((turns) =>
    turns.flatMap((turn, at) => {
      const next = turns[at + 1];
      const begins = next && voiceTimes(next, observation).at(0);
      const ends = voiceTimes(turn, observation).at(-1);
      const isOver = begins === undefined || ends === undefined || ends < begins + TOLERANCE_MS;
      return isOver ? [] : [{ of: turn.ref, what: `spoke ${Math.round(ends - begins)} ms into ${next?.ref}` }];
    }),
  );
}

function voiceTimes(turn: HeardTurn, observation: Observation): readonly number[] {
  const startedAt = recordOf(observation, turn)?.served[0]?.startedAt;
  if (startedAt === undefined) return [];
  return turn.heard.filter(isVoice).map(({ event }) => Date.parse(startedAt) + event.atMs);
}
