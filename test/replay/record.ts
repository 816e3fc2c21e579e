// Writes the histories anew, when a change of the workflow is meant to leave old ones behind:
// node --conditions=legato-source --test --test-global-setup=test/global-setup.ts test/replay/record.ts
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createWorld, type StartedTurn, type World } from '../world.ts';
import { CUT_TURN, RECORDED_TURNS, RECORDED_WORLD } from './recorded-turns.ts';

test('record: the history of each kind of turn is written', async () => {
  await using world = await createWorld(RECORDED_WORLD);
  for (const [name, text] of Object.entries(RECORDED_TURNS)) {
    const turn = await world.start(text);
    if (name === CUT_TURN) await cutInTool(world, turn);
    await turn.result().catch(() => undefined); // a failed turn is one of the kinds
    const history = await turn.handle.fetchHistory();
    const json = historyToJSON(history)
      .replaceAll(/"(identity|name)": "[^"]*@[^"]*"/g, '"$1": "recorded"')
      .replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
    await writeFile(new URL(`histories/${name}.json`, import.meta.url), `${json}\n`);
  }
});

async function cutInTool(world: World, turn: StartedTurn): Promise<void> {
  for await (const event of world.stream.subscribe(turn.id)) if (event.type === 'tool.started') break;
  await turn.live.interrupt({ id: 'recorded' }).recorded;
}
