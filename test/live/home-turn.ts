import { setImmediate as nextTick } from 'node:timers/promises';
import { defineAgent } from 'legato';
import type { Agent } from '../../agent/agent.ts';
import type { Metadata } from '../../contract/metadata.ts';
import type { Item } from '../../contract/items.ts';
import { processClock, type Clock } from '../../time/clock.ts';
import type { StepDependencies } from '../../live/turns/home-steps.ts';
import { LiveTurns } from '../../live/turns/live-turns.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { LanguageModel } from '../../providers/model.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { MemoryStream } from '../../stream/memory.ts';
import type { NewEvent, Publisher } from '../../stream/turn-stream.ts';
import { createSteps } from '../../worker/step-dependencies.ts';
import { textInput } from '../text-input.ts';

export interface HomeTurnOptions {
  readonly agent: Partial<Parameters<typeof defineAgent>[0]>;
  readonly model: LanguageModel;
  /** Default: the process's own. */
  readonly clock?: Clock;
  /** Default: the turn is text only. */
  readonly voice?: TextToSpeech;
  /** The conversation before this turn. Default: none. */
  readonly before?: readonly Item[];
  /** Of the conversation, as a client sends it. Default: none. */
  readonly metadata?: Metadata;
}

/** A turn that is played at home, without a record and without Temporal. */
export interface HomeTurn extends AsyncDisposable {
  readonly agent: Agent;
  readonly steps: StepDependencies;
  readonly turn: LiveTurn;
  readonly turns: LiveTurns;
  readonly events: readonly NewEvent[];
  /** Runs that were dropped until now. */
  readonly dropped: () => number;
  /** Resolves when a condition holds, looked at between two ticks of the event loop. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

class KeptEvents extends MemoryStream {
  readonly events: NewEvent[] = [];

  override publish(by: Publisher, event: NewEvent, happenedMs?: number): void {
    super.publish(by, event, happenedMs);
    this.events.push(event);
  }
}

export function playAtHome({
  agent: options,
  model,
  clock = processClock,
  voice,
  before = [],
  metadata = {},
}: HomeTurnOptions): HomeTurn {
  const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'first', voice: 'alloy', ...options });
  const stream = new KeptEvents();
  const { steps, ...rest } = createSteps({ agent, agentPath: '', model });
  let dropped = 0;
  const turns = new LiveTurns({
    voice: { textToSpeech: voice ?? { speak: () => neverAsked() }, name: 'alloy', patienceMs: 60_000 },
    stream,
    clock,
    ahead: steps,
    meter: {
      lead: () => undefined,
      closed: () => undefined,
      used: () => undefined,
      dropped: (count) => void (dropped += count),
    },
    recordBargeIn: async () => 'recorded',
  });
  const { terms } = agent;
  const modality = voice ? ('audio' as const) : ('text' as const);
  const input = { conversationId: 'c', agent: agent.name, input: textInput('Hello'), modality, number: 1 };
  const turn = turns.open({
    ...{ id: 'turn', before: () => before, metadata: agent.metadata.read(metadata) },
    start: { ...input, terms, history: { items: [] } },
  });
  stream.open(turn.streamed, turn.startedMs);
  turn.acknowledge();
  turn.play();
  return {
    ...{ agent, steps, turn, turns, events: stream.events, dropped: () => dropped },
    until: async (condition) => {
      while (!condition()) await nextTick();
    },
    [Symbol.asyncDispose]: async () => {
      turns.forget(turn.id);
      stream[Symbol.dispose]();
      await rest[Symbol.asyncDispose]();
    },
  };
}

function neverAsked(): never {
  throw new Error('A turn in text has no voice');
}
