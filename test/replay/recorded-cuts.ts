import type { History } from '@temporalio/common/lib/proto-utils.js';
import { interrupt } from '../../contract/messages.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { act, hold } from '../workflows/barge-in/act.ts';
import { until, when } from '../workflows/barge-in/caller.ts';
import { createWorld, type StartedTurn } from '../world.ts';
import type { Recordings } from './recorded-turns.ts';

const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'All of it is done.' } },
  { reply: { text: 'One moment.', calls: [{ name: 'act', arguments: {} }] } },
];
const BLOCK = { effect: 'write', onBargeIn: 'block' } as const;

/** Turns in which the caller speaks, by the way it comes to the record and by what was under way. */
export const recordedCuts: Recordings = {
  interrupted: () => cutInTool({}, ({ live }) => live.interrupt({ id: 'recorded' }).recorded),
  'cut-by-signal': () => cutInTool({}, bySignal),
  'cut-by-signal-ahead-of-record': () => cutInTool({}, bySignal, { ahead: true }),
  'cut-by-update': () => cutInTool({}, ({ handle }) => handle.executeUpdate(interrupt, { args: [{ id: 'recorded' }] })),
  'cut-by-cancelling': () => cutInTool({}, ({ handle }) => handle.cancel()),
  'write-cut-by-signal': () => cutInTool({ effect: 'write' }, bySignal),
  block: () => cutInTool(BLOCK, ({ live }) => live.interrupt({ id: 'recorded' }).recorded),
  'block-cut-twice': cutBlockTwice,
};

const bySignal = ({ handle }: StartedTurn): Promise<void> => handle.signal(interrupt, { id: 'recorded' });

/** The caller speaks while the tool runs, and the tool goes on where it may. */
async function cutInTool(
  options: Parameters<typeof act>[0],
  cut: (turn: StartedTurn) => Promise<unknown>,
  /** The record need not have come to the call. */
  { ahead = false } = {},
): Promise<History> {
  const { run, begun, end } = hold();
  const { tool } = act(options, run);
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const turn = await world.start('Hello');
  await begun;
  if (!ahead) await until(when('step.recorded', { step: 'tool:1:0:act' }), turn, world);
  await cut(turn);
  await until(when('turn.interrupted'), turn, world);
  end();
  await turn.result();
  return await turn.handle.fetchHistory();
}

/** Temporal hears of both: the first is spoken into a call that blocks, the second into its answer. */
async function cutBlockTwice(): Promise<History> {
  const { run, begun, end } = hold();
  const { tool } = act(BLOCK, run);
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const turn = await world.start('Hello', { modality: 'audio' });
  await begun;
  await turn.handle.executeUpdate(interrupt, { args: [{ id: 'first' }] });
  end();
  await until(when('speech.started', { speech: '2-1' }), turn, world);
  await turn.handle.executeUpdate(interrupt, { args: [{ id: 'second' }] });
  await turn.result();
  return await turn.handle.fetchHistory();
}
