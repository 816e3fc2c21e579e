import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { defineTool } from 'legato';
import { z } from 'zod';
import { callAtHome } from '../../../live/turns/home-steps.ts';
import type { LanguageModel } from '../../../providers/model.ts';
import { stall } from '../../faults/stall.ts';
import { calledWith } from '../../metadata.ts';
import { playAtHome } from '../home-turn.ts';

test('late result: one that waits to be read, as this process stood still after the deadline, counts', async () => {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const book = defineTool({
    name: 'book',
    description: 'Books it',
    input: z.object({}),
    effect: 'write',
    ...{ start: 'at_once', timeoutMs: 30_000, budgetMs: 30_000 },
    run: async () => {
      const socket = connect(port, '127.0.0.1');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return String(answer);
    },
  });
  const silent: LanguageModel = {
    async *reply(_, signal) {
      await once(signal, 'abort');
      yield* [];
    },
  };
  await using home = playAtHome({ agent: { tools: [book] }, model: silent });
  const { agent, steps, turn } = home;
  const tool = agent.tools.find('book') ?? assert.fail();
  const policy = tool.policyFor({}, calledWith());
  const step = 'tool:1:0:book';
  const called = once(server, 'connection') as Promise<[Socket]>;
  const result = callAtHome(turn, { step, name: 'book', arguments: {}, policy }, steps);
  const [shop] = await called;
  turn.claimable.cancel(step); // as the deadline does
  await turnOfLoop();
  shop.write('booked');
  stall(2_100);
  assert.deepEqual((await result).result, 'booked');
});
