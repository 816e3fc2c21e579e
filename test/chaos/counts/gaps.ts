import type { DoneFault, HeardTurn, Observation } from '../observation.ts';
import { epochOf } from './finding.ts';

export interface Gap {
  readonly ref: string;
  readonly gapMs: number;
  /** Whether nothing else broke meanwhile. */
  readonly isAlone: boolean;
}

/** From a kill of the home that was speaking to the next frame of another home, for turns in which nobody spoke meanwhile. */
export function gapsAfterKills({ turns, faults }: Observation): readonly Gap[] {
  return faults
    .filter(({ kind }) => kind === 'kill')
    .flatMap((kill) => turns.flatMap((turn) => gapOf(turn, kill, faults)));
}

function gapOf(turn: HeardTurn, { at, atMs }: DoneFault, faults: readonly DoneFault[]): readonly Gap[] {
  const [post, ...more] = turn.posts.filter(({ atMs: postedMs }) => postedMs < atMs);
  if (post?.to !== at || post.id === undefined || more.length > 0) return [];
  const before = turn.heard.filter(({ receivedMs }) => receivedMs <= atMs);
  const after = turn.heard.filter(({ receivedMs }) => receivedMs > atMs);
  const next = after.find((heard) => heard.event.type === 'speech.audio' && epochOf(heard) > 0);
  const last = before.findLast(({ event }) => /^speech\.(audio|finished|cut)$/.test(event.type));
  const wasSpeaking = last?.event.type === 'speech.audio' && epochOf(last) === 0;
  if (!next || !wasSpeaking || (turn.cutMs ?? Infinity) < next.receivedMs) return [];
  const isAlone = !faults.some((other) => {
    const endsMs = other.atMs + other.lastsMs;
    return other.atMs !== atMs && endsMs > atMs - 1_000 && other.atMs < next.receivedMs;
  });
  return [{ ref: turn.ref, gapMs: next.receivedMs - atMs, isAlone }];
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
