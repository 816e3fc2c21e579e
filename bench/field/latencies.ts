// One turn at a time, each contestant in turn, so that other work on this machine hits all of them alike.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contestants.ts';
import type { Line } from './entrance.ts';
import type { MarkBoard } from './mark-board.ts';
import { clockMs, type MarkName } from './marks.ts';
import { explainedAnswerMs, explainedFirstMs, type Kind, keyOf, type Pace } from './script.ts';

export const measures = {
  toAsking: 'post → first model request',
  firstAudio: 'post → first audio frame, of a turn without a tool',
  toTool: "model's call complete → tool started",
  toModel: 'tool ended → next model request',
  answer: 'post → first audio frame of the answer, of a turn with a tool',
  silence: 'interrupt → silence',
  abort: 'interrupt → tool aborted',
} as const;
export type Measure = keyof typeof measures;

export interface Sample {
  readonly contestant: string;
  readonly measure: Measure;
  readonly pace: Pace;
  /** Beyond what the script explains. NaN: it did not happen. */
  readonly ms: number;
}

export interface Course {
  readonly contestants: readonly Contestant[];
  readonly board: MarkBoard;
  readonly rounds: number;
}

/** `hold` only every fifth round: a contestant that does not abort a tool waits for its end. */
const PLAN: readonly (readonly [kind: Kind, pace: Pace, everyRounds: number])[] = [
  ['ask', 'quick', 1],
  ['order', 'quick', 1],
  ['ask', 'slow', 1],
  ['order', 'slow', 1],
  ['long', 'quick', 1],
  ['hold', 'quick', 5],
];
/** A conversation grows with its turns; a new one is opened before it is needed. */
const ROUNDS_PER_LINE = 3;
const WARM_UP_ROUNDS = 3;
/** Long enough for the listener to be in mid-sentence, or the tool at work. */
const BEFORE_INTERRUPT_MS = 60;
const PATIENCE_MS = 10_000;

let turns = 0;

export async function measureLatencies(course: Course): Promise<Sample[]> {
  const { contestants, rounds } = course;
  const samples: Sample[] = [];
  let lines: readonly Line[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    if ((round + WARM_UP_ROUNDS) % ROUNDS_PER_LINE === 0) {
      await Promise.all(lines.map((line) => line.close()));
      lines = await Promise.all(contestants.map(({ open, process }) => open(process.url)));
    }
    const taken = await takeRound(course, lines, round);
    if (round >= 0) samples.push(...taken);
  }
  return samples;
}

async function takeRound({ contestants, board }: Course, lines: readonly Line[], round: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [kind, pace] of PLAN.filter(([, , everyRounds]) => round % everyRounds === 0)) {
    const order = [...lines.entries()];
    // Each turn begins while the record of the one before is still being completed: nobody always has the same before.
    for (const [index, line] of round % 2 === 0 ? order : order.reverse()) {
      const contestant = contestants[index]?.name ?? '';
      const taken = await takeTurn({ line, board }, kind, pace);
      const measured = Object.entries(taken) as [Measure, number][];
      samples.push(...measured.map(([measure, ms]) => ({ contestant, measure, pace, ms })));
    }
  }
  return samples;
}

type Taken = Partial<Record<Measure, number>>;

async function takeTurn({ line, board }: { line: Line; board: MarkBoard }, kind: Kind, pace: Pace): Promise<Taken> {
  const key = keyOf(kind, pace, (turns += 1));
  const postedMs = clockMs();
  const posted = line.post(key);
  const taken = await read();
  await posted;
  await board.when(key, 'finished');
  board.forget(key);
  return taken;

  async function read(): Promise<Taken> {
    switch (kind) {
      case 'ask': {
        const toAsking = (await board.when(key, 'model.asked')) - postedMs;
        return { toAsking, firstAudio: (await board.when(key, 'audio')) - postedMs - explainedFirstMs(pace) };
      }
      case 'order':
      case 'talk': {
        const tool = await readTool(key, board);
        return { ...tool, answer: (await board.when(key, 'answer')) - postedMs - explainedAnswerMs(pace) };
      }
      case 'long':
        return { silence: await afterInterrupt('audio', 'silent') };
      case 'hold':
        return { abort: await afterInterrupt('tool.started', 'tool.aborted') };
    }
  }

  async function afterInterrupt(since: MarkName, until: MarkName): Promise<number> {
    await board.when(key, since);
    const turn = await posted;
    await sleep(BEFORE_INTERRUPT_MS);
    const interruptedMs = clockMs();
    void turn.interrupt();
    return (await board.when(key, until, PATIENCE_MS)) - interruptedMs;
  }
}

async function readTool(key: string, board: MarkBoard): Promise<Taken> {
  const startedMs = await board.when(key, 'tool.started');
  const askedMs = await board.when(key, 'model.asked.again');
  return {
    toTool: startedMs - (await board.when(key, 'model.done')),
    toModel: askedMs - (await board.when(key, 'tool.ended')),
  };
}
