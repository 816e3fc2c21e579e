import type { HeardTurn, Observation, RecordedTurn } from '../observation.ts';
import { type Finding, recordOf } from './finding.ts';

/** Turns that were not accepted, not heard to their end, not recorded, or that ended as nobody had asked for. */
export function lostTurns(observation: Observation): readonly Finding[] {
  return observation.turns.flatMap((turn) => {
    const what = lossOf(turn, observation);
    return what === undefined ? [] : [{ of: turn.ref, what }];
  });
}

function lossOf(turn: HeardTurn, observation: Observation): string | undefined {
  if (turn.id === undefined) return 'no front end accepted it';
  const finished = turn.heard.find(({ event }) => event.type === 'turn.finished');
  if (!finished) return 'its caller never heard its end';
  return unrecorded(turn, recordOf(observation, turn));
}

function unrecorded(turn: HeardTurn, record: RecordedTurn | undefined): string | undefined {
  if (!record?.result) return `it was accepted, and its record has no result (${record?.status ?? 'none'})`;
  const { outcome, reason } = record.result;
  if (outcome === 'failed' || outcome === 'expired') return `it ended as ${outcome}: ${reason ?? 'no reason'}`;
  // A device that is between two front ends cannot report, and counts as gone.
  const isCut = turn.cutMs !== undefined || turn.playout === 'client';
  return outcome === 'interrupted' && !isCut ? 'it was interrupted, and nobody had spoken' : undefined;
}
