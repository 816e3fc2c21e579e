import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { TokenCounts } from '../contract/usage.ts';
import type { VoiceMeter } from './open-voice.ts';
import type { LiveMeter, LiveTurns } from '../live/turns/live-turns.ts';

/** In seconds: from a claim that comes at once to a record that lags by seconds, which is not a fault yet. */
const LEAD_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** In seconds, from what a caller hears as a gap. */
const HELD_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10];

/** What is counted about the code of an agent's author. The tool's name is empty if it is not known whose code it was. */
export interface AuthorMeter {
  /** An error that nobody caught. */
  readonly strayError: (tool: string) => void;
  /** The event loop was held. */
  readonly held: (tool: string, ms: number) => void;
}

export interface Metrics {
  readonly meter: LiveMeter;
  readonly voices: VoiceMeter;
  readonly authors: AuthorMeter;
  /** In the text format of Prometheus, with what is open at this moment. */
  readonly read: (turns: Pick<LiveTurns, 'size' | 'openClaims'>) => Promise<Exposition>;
}

interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** What is counted of a process's turns. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const lead = new Histogram({
    name: 'legato_lead_seconds',
    help: 'Time from the beginning of a step here until the durable record reached it',
    buckets: LEAD_BUCKETS,
    registers,
  });
  const dropped = new Counter({
    name: 'legato_dropped_runs_total',
    help: 'Steps that ran ahead and that the durable record never reached',
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
    used: createTokenCounter(registers),
  };
  const openTurns = new Gauge({ name: 'legato_open_turns', help: 'Turns whose home is this process', registers });
  const openClaims = new Gauge({
    name: 'legato_open_claims',
    help: 'Steps of open turns that ran here and that the durable record has not reached yet',
    registers,
  });
  const read: Metrics['read'] = async (turns) => {
    openTurns.set(turns.size);
    openClaims.set(turns.openClaims);
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
  return { meter, voices: createVoiceMeter(registry), authors: createAuthorMeter(registry), read };
}

/** Of these the cached ones are among those of the input, and the thoughts among those of the output. */
const TOKENS = {
  inputTokens: 'input',
  cachedInputTokens: 'cached_input',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
} as const satisfies Record<keyof TokenCounts, string>;

function createTokenCounter(registers: Registry[]): LiveMeter['used'] {
  const tokens = new Counter({
    name: 'legato_model_tokens_total',
    help: 'Tokens as providers count them, by model and kind; cached_input is a part of input, and reasoning of output',
    labelNames: ['model', 'kind'],
    registers,
  });
  return ({ model, ...counts }) => {
    for (const [name, kind] of Object.entries(TOKENS))
      tokens.inc({ model, kind }, counts[name as keyof TokenCounts] ?? 0);
  };
}

function createVoiceMeter(registry: Registry): VoiceMeter {
  const resting = new Gauge({
    name: 'legato_voice_resting',
    help: 'Whether a voice rests after a failure (1) or speaks (0), by its name',
    labelNames: ['voice'],
    registers: [registry],
  });
  return { rests: (voice) => resting.set({ voice }, 1), speaks: (voice) => resting.set({ voice }, 0) };
}

function createAuthorMeter(registry: Registry): AuthorMeter {
  const registers = [registry];
  const strays = new Counter({
    name: 'legato_tool_stray_errors_total',
    help: 'Errors of tools that nobody caught, by tool',
    labelNames: ['tool'],
    registers,
  });
  const held = new Histogram({
    name: 'legato_event_loop_held_seconds',
    help: 'How long the event loop was blocked, by tool if known',
    labelNames: ['tool'],
    buckets: HELD_BUCKETS,
    registers,
  });
  return {
    strayError: (tool) => strays.inc({ tool }),
    held: (tool, ms) => held.observe({ tool }, ms / 1_000),
  };
}
