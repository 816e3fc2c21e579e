import { Client, Connection } from '@temporalio/client';
import { Caller } from './callers/caller.ts';
import { collectConversation, collectLeft, collectTurns } from './collect.ts';
import { countAll } from './counts/count-all.ts';
import type { Observation } from './observation.ts';
import { type Findings, storyOf, summary } from './report.ts';
import { refsIn } from './script.ts';
import { planFaults } from './topology/fault-plan.ts';
import { Monkey } from './topology/monkey.ts';
import { startTopology, type Topology } from './topology/topology.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly processes: number;
  readonly callers: number;
  readonly log?: (line: string) => void;
}

export interface ChaosReport {
  readonly observation: Observation;
  readonly findings: Findings;
  readonly summary: string;
  /** Of the turns in which something was found. */
  readonly stories: readonly string[];
}

/** After all that broke goes again, the turns that are open end within that. */
const SETTLE_MS = 90_000;
const MAX_STORIES = 20;

/** Serves callers while a monkey breaks things, and counts what has come of it. */
export async function runChaos({ log = () => undefined, ...options }: ChaosOptions): Promise<ChaosReport> {
  await using topology = await startTopology(options.processes);
  const { seed, durationMs, processes } = options;
  const startedMs = performance.now();
  const since = (line: string): void => log(`${Math.round(performance.now() - startedMs)} ms  ${line}`);
  const ending = new AbortController();
  const callers = startCallers(topology, options, ending.signal);
  const monkey = new Monkey(topology, since);
  await monkey.play(planFaults({ seed, durationMs, places: processes }));
  ending.abort();
  since(`all goes again; ${monkey.skipped} faults were skipped`);
  await callers.ended;
  since('all callers have ended');
  const observation = await observe(topology, callers.all, monkey);
  const findings = countAll(observation);
  const logs = topology.places.flatMap((place) => place.logs);
  const refs = new Set([...findings.values()].flatMap((all) => all.flatMap(({ of, what }) => refsIn(`${of} ${what}`))));
  const stories = [...refs].slice(0, MAX_STORIES).map((ref) => storyOf(ref, { observation, logs, startedMs }));
  return { observation, findings, summary: summary(observation, findings), stories };
}

function startCallers(topology: Topology, { callers, seed, durationMs }: ChaosOptions, until: AbortSignal) {
  const giveUp = AbortSignal.timeout(durationMs + SETTLE_MS);
  const all = Array.from(
    { length: callers },
    (_, index) => new Caller({ number: index + 1, seed, pick: topology.pick, until, giveUp }),
  );
  return { all, ended: Promise.all(all.map((caller) => caller.call())) };
}

async function observe(topology: Topology, callers: readonly Caller[], monkey: Monkey): Promise<Observation> {
  const { places, ledger, prompts } = topology;
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  try {
    const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
    const ids = callers.map(({ conversationId }) => conversationId);
    const records = await Promise.all(ids.map((id) => collectTurns(client, places, id)));
    const [first] = places;
    const conversations = first ? await Promise.all(ids.map((id) => collectConversation(first, id))) : [];
    const left = await collectLeft(places);
    const turns = callers.flatMap((caller) => caller.turns);
    const { effects } = ledger;
    return { turns, records: records.flat(), conversations, effects, prompts, faults: monkey.done, left };
  } finally {
    await connection.close();
  }
}
