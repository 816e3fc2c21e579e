import { setTimeout as delay } from 'node:timers/promises';
import { createWorld, type World } from '../../test/world.ts';
import { DELAYS, rules, words } from './replies.ts';
import type { Figure } from '../figures.ts';
import { createLookup } from './lookup.ts';

const WARM_UP_TURNS = 5;
const TURNS = 200;
/** Between two frames, by the voice. */
const FRAME_EVERY_MS = DELAYS.voiceChunkMs;

/** One barge-in, as its own process saw it. Times in ms since the interrupt. */
interface Silence {
  /** 0: it had come before. */
  readonly lastFrameMs: number;
  readonly cutMs: number;
  readonly abortedMs: number;
}

/** How soon a turn is silent, and its tool aborted, in the process that speaks: without a front end. */
export async function measureSilence(temporalAddress: string): Promise<Figure[]> {
  let abortedAtMs = NaN;
  const lookup = createLookup(() => (abortedAtMs = performance.now()));
  await using world = await createWorld({ rules, delays: DELAYS, temporalAddress, agent: { tools: [lookup] } });
  const silences: Silence[] = [];
  for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn += 1) {
    const { interruptedAtMs, lastFrameMs, cutMs } = await interruptOne(world, (turn % FRAME_EVERY_MS) + 1);
    silences.push({ lastFrameMs, cutMs, abortedMs: abortedAtMs - interruptedAtMs });
  }
  const measured = silences.slice(WARM_UP_TURNS);
  const toFigure = (what: string, of: (silence: Silence) => number): Figure => ({
    ...{ what: `interrupt → ${what}, in process`, values: measured.map(of), unit: 'ms' },
  });
  const judgedBy = 'p95';
  return [
    { ...toFigure('last frame handed to a reader', ({ lastFrameMs }) => lastFrameMs), atMost: 1, judgedBy },
    { ...toFigure("a local tool's signal is aborted", ({ abortedMs }) => abortedMs), atMost: 2, judgedBy },
    toFigure('the reader gets the cut', ({ cutMs }) => cutMs),
  ];
}

/** Interrupts a turn that speaks and has a tool under way, `afterMs` after one of its frames. */
async function interruptOne(world: World, afterMs: number) {
  const { id, live, result } = await world.start(words, { modality: 'audio' });
  const isUnderWay = new Set<string>();
  let interruptedAtMs = NaN;
  let [lastFrameMs, cutMs] = [0, NaN];
  const interrupting = Promise.withResolvers<void>();
  const interrupt = (): void => {
    interruptedAtMs = performance.now();
    live.interrupt({ id: 'bench' });
    interrupting.resolve();
  };
  for await (const { type } of world.stream.subscribe(id, { audio: true })) {
    const sinceMs = performance.now() - interruptedAtMs;
    if (type === 'speech.audio' && sinceMs > 0) lastFrameMs = sinceMs;
    if (type === 'speech.cut') cutMs = sinceMs;
    if (isUnderWay.size < 2 && (type === 'speech.audio' || type === 'tool.started')) {
      isUnderWay.add(type);
      if (isUnderWay.size === 2) void delay(afterMs).then(interrupt);
    }
  }
  await Promise.all([interrupting.promise, result()]);
  return { interruptedAtMs, lastFrameMs, cutMs };
}
