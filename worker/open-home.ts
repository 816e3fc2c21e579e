import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type HomeCommands, HomeCommandsHere } from '../live/turns/home-commands.ts';
import { LiveTurns } from '../live/turns/live-turns.ts';
import { createBargeInRecorder } from '../record/send-interrupt.ts';
import { MemoryStream } from '../stream/memory.ts';
import type { NewEvent, Publisher, TurnStream } from '../stream/turn-stream.ts';
import { createTurnReport } from './log/turn-report.ts';
import type { Metrics } from './metrics.ts';
import { openPeers, type Peers } from './open-peers.ts';
import type { AgentInUse } from './reload/agent-in-use.ts';

/** Called with an event in the tick in which it is published. */
export type OnEvent = (turn: string, event: NewEvent) => void;

interface TurnParts {
  readonly config: Config;
  readonly logger: Logger;
  /** Base of Temporal UI, where one is known. */
  readonly temporalUiUrl?: string;
  readonly client: Client;
  readonly stream: TurnStream;
  readonly meter: Metrics['meter'];
}

export interface HomeParts extends Omit<TurnParts, 'stream'> {
  /** The name of this process. */
  readonly home: string;
  readonly serving: boolean;
  readonly onEvent?: OnEvent;
}

export interface Home {
  readonly peers: Peers;
  readonly turns: LiveTurns;
  readonly commands: HomeCommands;
}

/** The turns of this process, and what it has of the others. */
export async function openHome(agents: AgentInUse, parts: HomeParts): Promise<Home> {
  const memory = createStream(parts.onEvent);
  const onReplaced = (id: string, epoch: number): void => letGoOf(turns, id, epoch);
  const peers = await openPeers({ ...parts, agent: agents.name, memory, onReplaced });
  const turns: LiveTurns = createTurns(agents, { ...parts, stream: peers.stream });
  return { peers, turns, commands: peers.commands(new HomeCommandsHere(turns)) };
}

/** Another process has taken the turn, under that epoch. */
function letGoOf(turns: LiveTurns, id: string, epoch: number): void {
  const turn = turns.get(id);
  if (turn && turn.epoch < epoch) turns.letGo(turn);
}

function createStream(onEvent: OnEvent | undefined): MemoryStream {
  return onEvent ? new OverheardStream(onEvent) : new MemoryStream();
}

class OverheardStream extends MemoryStream {
  readonly #onEvent: OnEvent;

  constructor(onEvent: OnEvent) {
    super();
    this.#onEvent = onEvent;
  }

  override publish(by: Publisher, event: NewEvent, happenedMs?: number): void {
    super.publish(by, event, happenedMs);
    this.#onEvent(by.turnId, event);
  }
}

/** Each turn is opened with the newest agent. */
function createTurns(agents: AgentInUse, { client, stream, meter, ...options }: TurnParts): LiveTurns {
  const { runAhead, namespace } = options.config;
  const turns = new LiveTurns({
    ...{ stream, meter, ...createBargeInRecorder(client) },
    onEnded: createTurnReport({ ...options, namespace }),
    get voice() {
      return agents.newest.voice;
    },
    get ahead() {
      return runAhead ? agents.newest.steps : undefined;
    },
  });
  turns.onLeave = (turn) => agents.left(turn);
  return turns;
}
