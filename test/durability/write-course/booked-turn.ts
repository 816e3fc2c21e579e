import { ActivityFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common';
import type { CallToolInput, CallToolResult } from '../../../contract/steps.ts';
import type { OpenedStart, TurnResult } from '../../../contract/turn.ts';
import { processClock } from '../../../time/clock.ts';
import { Home } from '../../../workflows/home.ts';
import type { PlayerPort } from '../../../workflows/player-port.ts';
import { TurnPlayer } from '../../../workflows/turn-player.ts';
import { called } from '../../metadata.ts';
import { textInput } from '../../text-input.ts';
import { createAgent, OtherSide, type Kind } from './booking.ts';
import type { Homes } from './homes.ts';

export interface Booking {
  readonly kind: Kind;
  /** Before which of its continuations each home dies, in order. */
  readonly diesAt: readonly number[];
}

export interface BookedTurn extends TurnResult {
  /** How often the other side was asked to book, and how often it did. */
  readonly asked: number;
  readonly bookings: number;
  readonly unknownCall: string | undefined;
  /** How many processes died. */
  readonly deaths: number;
  /** Of the last process, which lived: how many continuations its part of the write had. */
  readonly boundaries: number;
}

/**
 * A turn that books, played by the real durable player; its homes are threads that do the real activity. A
 * home without an entry in `diesAt` lives.
 */
export async function bookTurn(homes: Homes, { kind, diesAt }: Booking): Promise<BookedTurn> {
  const other = new OtherSide();
  const agent = createAgent(kind, other);
  const policy = agent.tools.find('book')?.policyFor({}, called);
  if (!policy) throw new Error('The agent cannot book');
  const turnId = `turn-${kind}-${diesAt.join('-')}`;
  const { terms } = agent;
  const told = { conversationId: 'c', agent: agent.name, input: textInput('Book it'), number: 1, terms };
  const start: OpenedStart = { ...told, modality: 'text', home: 'home-0', history: { items: [] } };
  let deaths = 0;
  let boundaries = 0;
  const ask = async (home: string, input: CallToolInput): Promise<CallToolResult> => {
    const record = { ...player.record, startedAt: new Date().toISOString() };
    const dies = diesAt[input.epoch] ?? Infinity;
    const answer = await homes.ask({ home, kind, other: other.memory, turnId, record, input, diesAt: dies });
    if ('died' in answer) {
      deaths += 1;
      throw lost(input.step);
    }
    boundaries = answer.boundaries;
    return answer.result;
  };
  const port: PlayerPort = {
    nowMs: processClock.nowMs,
    begin: (run) => ({ ended: run(), cancel: () => undefined }),
    after: () => () => undefined,
    think: (_, { round }) => {
      const calls = round === 1 ? [{ name: 'book', arguments: {}, policy }] : [];
      return Promise.resolve({ text: round === 1 ? '' : 'Well.', calls });
    },
    voice: (_, { text }) => Promise.resolve({ heardText: text, durationMs: 1 }),
    callTool: ({ home, epoch }, input) => ask(home, { ...input, home, epoch }),
    passGate: () => Promise.resolve({}),
    runTool: () => Promise.reject(new Error('Home runs the tool')),
    cutTurn: () => Promise.resolve(undefined),
  };
  let moves = 0;
  const home = new Home({
    queue: 'home-0',
    bound: true,
    probe: () => Promise.resolve(false),
    takeOver: () => Promise.resolve(`home-${(moves += 1)}`),
  });
  const player = new TurnPlayer(start, home, port);
  const outcome = await player.play();
  const { asked, bookings } = other;
  return { ...player.result, outcome, asked, bookings, unknownCall: player.unknownCall, deaths, boundaries };
}

function lost(step: string): ActivityFailure {
  const timeout = new TimeoutFailure('lost', undefined, TimeoutType.HEARTBEAT);
  return new ActivityFailure('lost', 'callTool', step, RetryState.TIMEOUT, 'home', timeout);
}
