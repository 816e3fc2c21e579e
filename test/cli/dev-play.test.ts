import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayBuffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createLegatoClient } from '../../client/index.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';
import { createFakePlayer } from './play/fake-player.ts';

const agent = fileURLToPath(new URL('failing-agent.ts', import.meta.url));

test('legato dev --play: the speech of turns is played, and an interrupt ends the player', async () => {
  using player = createFakePlayer('ffplay');
  await using scripted = await startScriptedServer({
    speech: 'tone',
    rules: [
      { when: { user: 'everything' }, reply: { text: 'It is a long story, which nobody hears to its very end.' } },
      { reply: { text: 'Hello.' } },
    ],
  });
  const provider = { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url };
  const serving = await startServing({ LEGATO_AGENT: agent, PATH: player.path, ...provider }, 'dev --play');
  const legato = createLegatoClient({ baseUrl: serving.url });
  const { id } = await legato.createConversation();
  const heard = await legato.startTurn(id, { text: 'Hi' });
  await legato.result(heard.id);
  const cut = await legato.startTurn(id, { text: 'Tell me everything' });
  for await (const event of legato.events(cut.id)) {
    if (event.type === 'speech.sentence') await legato.interrupt(cut.id);
  }
  const wav = Buffer.from(await arrayBuffer(await legato.audio(heard.id)));
  assert.equal(await serving.stop(), 0);
  assert.ok(player.played()[0]?.equals(wav.subarray(44)));
  assert.equal(player.isRunning(), false);
});

test('legato dev --play: without a player it does not start, and says what to install', async () => {
  await assert.rejects(startServing({ PATH: '/nowhere' }, 'dev --play'), /none of 'aplay', 'afplay' and 'ffplay'/);
});
