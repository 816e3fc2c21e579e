// A process that is the home of a turn, as a thread: it does the step of a write as an activity does it, and dies before
// the n-th of its continuations, in mid-flight: none of it runs after that.
import { createHook } from 'node:async_hooks';
import { parentPort } from 'node:worker_threads';
import { asyncLocalStorage } from '@temporalio/activity';
import { createCallTool } from '../../../activities/call-tool.ts';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import type { CallToolInput, CallToolResult } from '../../../contract/steps.ts';
import type { TurnRecord } from '../../../contract/turn-record.ts';
import { NoLeases } from '../../../live/turns/leases.ts';
import { LiveTurns } from '../../../live/turns/live-turns.ts';
import type { LanguageModel } from '../../../providers/model.ts';
import { MemoryStream } from '../../../stream/memory.ts';
import { createSteps } from '../../../worker/step-dependencies.ts';
import { createContext } from '../../activity-context.ts';
import { noMetadata } from '../../metadata.ts';
import { createAgent, OtherSide, type Kind } from './booking.ts';

export interface Asked {
  readonly home: string;
  readonly kind: Kind;
  readonly other: SharedArrayBuffer;
  readonly turnId: string;
  readonly record: TurnRecord;
  readonly input: CallToolInput;
  /** Before which of its continuations the process dies, from 1; 0 before all of them. */
  readonly diesAt: number;
}

/** `boundaries`: how many continuations the course had until its end. */
export type Told = { readonly died: true } | { readonly result: CallToolResult; readonly boundaries: number };

const port = parentPort;
if (!port) throw new Error('This module is for a thread');
const tell = (told: Told): void => port.postMessage(told);
const model: LanguageModel = {
  reply: () => {
    throw new Error('No model is asked here');
  },
};
/** No turn is posted here. */
const NO_SERVICE = {} as ActivityDependencies['service'];
const never = new Int32Array(new SharedArrayBuffer(4));

let passed = 0;
let diesAt = Infinity;
/** Stands still for ever, as far as the world can see: its owner ends it. */
function pass(): void {
  if (passed++ !== diesAt) return;
  diesAt = Infinity;
  tell({ died: true });
  Atomics.wait(never, 0, 0);
}
const hook = createHook({ init: () => undefined, before: pass });

port.on('message', (asked: Asked) => void book(asked));

async function book({ home, kind, other, turnId, record, input, ...asked }: Asked): Promise<void> {
  const agent = createAgent(kind, new OtherSide(other));
  const { steps } = createSteps({ agent, agentPath: '', model });
  const stream = new MemoryStream();
  const speech = { textToSpeech: { speak: () => [] as never }, name: 'v', patienceMs: 1_000 };
  const turns = new LiveTurns({ voice: speech, stream, recordBargeIn: () => Promise.resolve('recorded') });
  const turn = turns.open({ id: turnId, start: record.start, before: () => [], metadata: noMetadata });
  turn.bind();
  turn.epoch = input.epoch;
  turn.resume(record);
  stream.open(turn.streamed, turn.startedMs);
  turn.acknowledge();
  const callTool = createCallTool({
    ...{ agent, home, stream, turns, stepsFor: () => steps, service: NO_SERVICE, leases: new NoLeases() },
    hadEnded: () => Promise.resolve(false),
    readTurn: () => Promise.resolve(record),
    conversations: {
      taken: () => Promise.resolve(),
      ended: () => Promise.resolve(),
      settingOf: ({ terms }) => Promise.resolve({ metadata: noMetadata, terms }),
      isFollowed: () => Promise.resolve(false),
    },
  });
  const { signal } = new AbortController();
  const context = createContext({ turnId, id: input.step, type: 'callTool', signal });
  passed = 0;
  diesAt = asked.diesAt;
  pass();
  hook.enable();
  const result = await asyncLocalStorage.run(context, () => callTool(input));
  // Its end may be the last thing that it does not live to tell.
  pass();
  hook.disable();
  diesAt = Infinity;
  const told = { result, boundaries: passed };
  stream[Symbol.dispose]();
  turns.close(turnId, { outcome: 'answered', items: [] });
  tell(told);
}
