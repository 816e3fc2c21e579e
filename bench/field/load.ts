// Many callers at once. Each takes one turn after another. One contestant at a time, since all share the machine.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contestants.ts';
import { type Line, Refusal } from './entrance.ts';
import type { MarkBoard } from './mark-board.ts';
import { clockMs } from './marks.ts';
import { explainedAnswerMs, explainedFirstMs, keyOf } from './script.ts';

export interface LoadLevel {
  readonly contestant: string;
  readonly callers: number;
  readonly turnsPerSecond: number;
  /** Post to the first frame, and to the answer's, beyond what the script explains. */
  readonly firstsMs: readonly number[];
  readonly answersMs: readonly number[];
  /** Turns that were refused with 503. */
  readonly refused: number;
  /** Turns that were taken and failed, or had no end in time. */
  readonly failed: number;
  /** How often something happened twice that happens once in a turn: a model call, the tool, the answer, the end. */
  readonly doubled: number;
  readonly cpuMsPerTurn: number;
  /** Temporal's; undefined if it takes no part or cannot be read. */
  readonly temporalCpuMsPerTurn: number | undefined;
  readonly rssBytes: number;
}

export interface LoadCourse {
  readonly contestants: readonly Contestant[];
  readonly board: MarkBoard;
  readonly levels: readonly number[];
  readonly secondsPerLevel: number;
  /** Temporal's processor time until now. */
  readonly temporalCpuMs: () => number | undefined;
  readonly log: (line: string) => void;
}

const SETTLE_MS = 2_000;
/** Of one core. */
const IDLE_SHARE = 0.1;
const MAX_IDLE_TRIES = 15;
let turns = 0;

export async function measureLoad(course: LoadCourse): Promise<LoadLevel[]> {
  const levels: LoadLevel[] = [];
  for (const callers of course.levels) {
    for (const contestant of course.contestants) {
      const level = await measureLevel(course, contestant, callers);
      course.log(`${callers} callers, ${contestant.name}: ${level.turnsPerSecond.toFixed(1)} turns/s`);
      levels.push(level);
      await untilIdle(course.temporalCpuMs);
    }
  }
  return levels;
}

/** Work that one contestant left over must not count for the next one. */
async function untilIdle(temporalCpuMs: LoadCourse['temporalCpuMs']): Promise<void> {
  await sleep(SETTLE_MS);
  for (let tries = 0; tries < MAX_IDLE_TRIES; tries += 1) {
    const beforeMs = temporalCpuMs() ?? 0;
    await sleep(SETTLE_MS);
    if ((temporalCpuMs() ?? 0) - beforeMs < IDLE_SHARE * SETTLE_MS) return;
  }
}

async function measureLevel(course: LoadCourse, contestant: Contestant, callers: number): Promise<LoadLevel> {
  const { open, process, isLegato } = contestant;
  const lines: Line[] = [];
  while (lines.length < callers) lines.push(await open(process.url));
  const over = new AbortController();
  const tally: Tally = { firstsMs: [], answersMs: [], finished: 0, refused: 0, failed: 0 };
  const doubledBefore = course.board.doubled;
  const calling = lines.map(async (line, index) => {
    await sleep((index / callers) * explainedAnswerMs('slow')); // callers do not call in step
    return callOn({ line, board: course.board, signal: over.signal, tally });
  });
  await sleep(SETTLE_MS);
  const [before, temporalBefore, finishedBefore, sinceMs] = [
    await process.usage(),
    course.temporalCpuMs(),
    tally.finished,
    clockMs(),
  ];
  tally.firstsMs.length = 0;
  tally.answersMs.length = 0;
  await sleep(course.secondsPerLevel * 1_000);
  const [after, temporalAfter, untilMs] = [await process.usage(), course.temporalCpuMs(), clockMs()];
  const finished = tally.finished - finishedBefore;
  const [firstsMs, answersMs] = [[...tally.firstsMs], [...tally.answersMs]];
  over.abort();
  await Promise.all(calling);
  await Promise.all(lines.map((line) => line.close()));
  const hasTemporal = isLegato && temporalBefore !== undefined && temporalAfter !== undefined;
  return {
    ...{ contestant: contestant.name, callers, firstsMs, answersMs, rssBytes: after.rssBytes },
    ...{ refused: tally.refused, failed: tally.failed, doubled: course.board.doubled - doubledBefore },
    turnsPerSecond: finished / ((untilMs - sinceMs) / 1_000),
    cpuMsPerTurn: (after.cpuMs - before.cpuMs) / finished,
    temporalCpuMsPerTurn: hasTemporal ? (temporalAfter - temporalBefore) / finished : undefined,
  };
}

interface Calling {
  readonly line: Line;
  readonly board: MarkBoard;
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

interface Tally {
  readonly firstsMs: number[];
  readonly answersMs: number[];
  finished: number;
  refused: number;
  failed: number;
}

async function callOn({ line, board, signal, tally }: Calling): Promise<void> {
  while (!signal.aborted) {
    const key = keyOf('talk', 'slow', 1_000_000 + (turns += 1));
    const postedMs = clockMs();
    try {
      await line.post(key);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tally.refused += 1;
      await sleep(error.retryAfterMs);
      continue;
    }
    const audioMs = await board.when(key, 'audio');
    const answerMs = await board.when(key, 'answer');
    if (Number.isNaN(await board.when(key, 'finished'))) tally.failed += 1;
    else {
      tally.finished += 1;
      tally.firstsMs.push(audioMs - postedMs - explainedFirstMs('slow'));
      tally.answersMs.push(answerMs - postedMs - explainedAnswerMs('slow'));
    }
    board.forget(key);
  }
}
