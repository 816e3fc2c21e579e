import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { LiveTurn } from '../../../live/turns/live-turn.ts';
import { AgentInUse } from '../../../worker/reload/agent-in-use.ts';
import type { AgentKit } from '../../../worker/reload/agent-kit.ts';

const ended: string[] = [];

/** Only its identity counts here. */
const createKit = (name: string): AgentKit =>
  ({
    agent: { name },
    steps: { kit: name },
    retire: async () => void ended.push(`${name} retired`),
    close: async () => void ended.push(`${name} closed`),
  }) as unknown as AgentKit;
const createTurn = (): LiveTurn => ({}) as LiveTurn;

test('agent in use: a turn keeps the kit that it was opened with, which is retired when its last turn has left', async () => {
  const [one, two, three] = [createKit('one'), createKit('two'), createKit('three')];
  const agents = new AgentInUse(one);
  const [early, alsoEarly, late] = [createTurn(), createTurn(), createTurn()];
  agents.opened(early);
  agents.opened(alsoEarly);
  assert.equal(agents.use(two), 2);
  agents.opened(late);
  assert.deepEqual([agents.stepsFor(early), agents.stepsFor(late)], [one.steps, two.steps]);
  agents.left(early);
  await turnOfTheLoop();
  assert.deepEqual(ended, []);
  agents.left(alsoEarly);
  assert.deepEqual(ended, ['one retired']);
  agents.left(late);
  assert.deepEqual(ended, ['one retired']);
  assert.equal(agents.use(three), 0);
  await turnOfTheLoop();
  assert.deepEqual(ended, ['one retired', 'two retired']);
  await agents[Symbol.asyncDispose]();
  assert.deepEqual(ended, ['one retired', 'two retired', 'three closed']);
});
