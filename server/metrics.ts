import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LiveMeter, LiveTurns } from '../live/live-turns.ts';
import type { Handler } from './responder.ts';

/** In seconds: from a claim that is there at once to a log that lags by seconds, when nothing is wrong yet. */
const LEAD_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Metrics {
  readonly meter: LiveMeter;
  readonly registry: Registry;
  readonly openTurns: Gauge;
  readonly openClaims: Gauge;
}

/** What is counted of a process's turns. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const lead = new Histogram({
    name: 'legato_lead_seconds',
    help: 'How long after a step was begun here the durable log came to it',
    buckets: LEAD_BUCKETS,
    registers,
  });
  const dropped = new Counter({
    name: 'legato_dropped_runs_total',
    help: 'Steps that were run ahead and that the durable log never came to',
    registers,
  });
  const ended = new Counter({
    name: 'legato_turns_total',
    help: 'Turns that ended here, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const meter: LiveMeter = {
    lead: (ms) => lead.observe(ms / 1_000),
    dropped: (count) => dropped.inc(count),
    closed: (outcome) => ended.inc({ outcome }),
  };
  const openTurns = new Gauge({ name: 'legato_open_turns', help: 'Turns whose home is this process', registers });
  const openClaims = new Gauge({
    name: 'legato_open_claims',
    help: 'Steps of open turns that were run here and that the durable log is still to come to',
    registers,
  });
  return { meter, registry, openTurns, openClaims };
}

/** `GET /metrics`, in the text format of Prometheus. */
export function getMetrics({ registry, openTurns, openClaims }: Metrics, turns: LiveTurns): Handler {
  return async () => {
    openTurns.set(turns.size);
    openClaims.set(turns.openClaims);
    return { status: 200, headers: { 'Content-Type': registry.contentType }, text: await registry.metrics() };
  };
}
