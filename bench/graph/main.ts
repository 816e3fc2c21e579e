// `npm run bench:graph`: what a chain of tools saves, how soon a preamble inside a call is heard, and what a tool that blocks
// costs the others. One process serves, another one has model and voice; turns are interleaved, one after another.
import { quantile, toTable } from '../figures.ts';
import { DELAYS, FILLER_AFTER_MS, preambleMs, words } from './replies.ts';
import { startMeasuredSystem } from '../measured-system/measured-system.ts';
import { timeTurn, type TimedTurn } from '../timed-turn.ts';

const TURNS = 30;

await using system = await startMeasuredSystem({
  replies: new URL('replies.ts', import.meta.url),
  agent: new URL('agent.ts', import.meta.url),
});
const { client, serving } = system;

await timeTurns('chain', 3); // warm
const chain: TimedTurn[] = [];
const steps: TimedTurn[] = [];
while (chain.length < TURNS) {
  chain.push(...(await timeTurns('chain', 1)));
  steps.push(...(await timeTurns('steps', 1)));
}
const fillers: number[] = [];
while (fillers.length < TURNS) fillers.push(await timeFiller());
const [, delays] = await Promise.all([timeTurns('block', 4), measureDelays(400)]);

const answers = (turns: readonly TimedTurn[]): number[] => turns.map((turn) => turn.answerAudioMs);
const figures = [
  { what: 'post → answer, the model calls one tool after the other', values: answers(steps), unit: 'ms' as const },
  { what: 'post → answer, the same two as a chain', values: answers(chain), unit: 'ms' as const },
  {
    what: "preamble inside a call: last token and voice's delay → first frame, as read",
    values: chain.map((turn) => turn.firstAudioMs - preambleMs),
    unit: 'ms' as const,
    atMost: 60,
  },
  { what: "a filler: later than its time, the voice's delay aside", values: fillers, unit: 'ms' as const, atMost: 50 },
  { what: 'a request while a tool blocks its thread for 2 s', values: delays, unit: 'ms' as const, atMost: 20 },
];
process.stdout.write(`${toTable(figures)}\n`);
const ratio = quantile(answers(chain), 0.5) / quantile(answers(steps), 0.5);
process.stdout.write(`A chain takes ${ratio.toFixed(2)} of the time (target: at most 0.75).\n`);
process.stdout.write(
  `While a tool blocks, p99 of a request is ${quantile(delays, 0.99).toFixed(1)} ms (target: under 20).\n`,
);

async function timeTurns(kind: keyof typeof words, count: number): Promise<TimedTurn[]> {
  const turns: TimedTurn[] = [];
  while (turns.length < count) {
    const { id } = await client.createConversation();
    turns.push(await timeTurn(client, id, { text: words[kind] }));
  }
  return turns;
}

/** How much later than its time a filler begins, by the times that the server gives events. The voice's own delay is left out. */
async function timeFiller(): Promise<number> {
  const { id: conversation } = await client.createConversation();
  const { id } = await client.startTurn(conversation, { text: words.wait });
  let startedMs = NaN;
  let lateMs = NaN;
  for await (const event of client.events(id)) {
    if (event.type === 'tool.started') startedMs = event.atMs;
    if (event.type === 'speech.started' && event.speech === '1-3') {
      lateMs = event.atMs - startedMs - FILLER_AFTER_MS - DELAYS.voiceFirstMs;
    }
  }
  return lateMs;
}

/** Round trips to the front end's cheapest route: they wait if its event loop is blocked. */
async function measureDelays(count: number): Promise<number[]> {
  const values: number[] = [];
  while (values.length < count) {
    const sentMs = performance.now();
    await (await fetch(`${serving.url}/healthz`)).text();
    values.push(performance.now() - sentMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return values;
}
