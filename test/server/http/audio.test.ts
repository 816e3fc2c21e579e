import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcceptedTurn } from '../../../contract/http.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { readEvents } from './served-events.ts';

async function speak(world: FrontEndWorld, text = 'Hi'): Promise<string> {
  const path = `/v1/conversations/${await world.newConversation()}/turns`;
  return AcceptedTurn.parse((await world.send(path, { json: { input: { text } } })).body).id;
}

async function readAudio(world: FrontEndWorld, turnId: string): Promise<Buffer> {
  const response = await fetch(`${world.url}/v1/turns/${turnId}/audio`);
  assert.equal(response.headers.get('Content-Type'), 'audio/wav');
  return Buffer.from(await response.arrayBuffer());
}

async function pcmOfEvents(world: FrontEndWorld, turnId: string): Promise<Buffer> {
  const response = await fetch(`${world.url}/v1/turns/${turnId}/events?audio=1`);
  const frames: Buffer[] = [];
  for await (const event of readEvents(response)) {
    if (event.type === 'speech.audio') frames.push(Buffer.from(event.pcm, 'base64'));
  }
  return Buffer.concat(frames);
}

test('audio: the speech of a turn is a WAV stream of the same samples as its events, while it is said and after', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes, sir. No.' } }] });
  const id = await speak(world);
  const [live, pcm] = await Promise.all([readAudio(world, id), pcmOfEvents(world, id)]);
  await world.ended(id);
  assert.ok((await readAudio(world, id)).subarray(44).equals(live.subarray(44)));
  assert.ok(pcm.length > 0);
  assert.ok(live.subarray(44).equals(pcm));
});

test('audio: the header says PCM, mono, 24 kHz, 16 bit, and that the length is not known', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const id = await speak(world);
  const header = (await readAudio(world, id)).subarray(0, 44);
  assert.equal(header.toString('latin1', 0, 4) + header.toString('latin1', 8, 16), 'RIFFWAVEfmt ');
  assert.deepEqual([header.readUInt16LE(20), header.readUInt16LE(22)], [1, 1]);
  assert.deepEqual([header.readUInt32LE(24), header.readUInt32LE(28)], [24_000, 48_000]);
  assert.deepEqual([header.readUInt16LE(32), header.readUInt16LE(34)], [2, 16]);
  assert.equal(header.toString('latin1', 36, 40), 'data');
  assert.deepEqual([header.readUInt32LE(4), header.readUInt32LE(40)], [0xffff_ffff, 0xffff_ffff]);
  await world.ended(id);
});

test('audio: of a turn that has ended the header and the response say how long it is', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const id = await speak(world);
  await world.ended(id);
  const response = await fetch(`${world.url}/v1/turns/${id}/audio`);
  const wav = Buffer.from(await response.arrayBuffer());
  assert.ok(wav.length > 44);
  assert.equal(response.headers.get('Content-Length'), String(wav.length));
  assert.deepEqual([wav.readUInt32LE(4), wav.readUInt32LE(40)], [wav.length - 8, wav.length - 44]);
});

test('audio: a turn in text is a WAV without samples', async () => {
  await using world = await createFrontEndWorld();
  const { id } = await world.play(await world.newConversation(), 'Hi');
  assert.equal((await readAudio(world, id)).length, 44);
});

test('audio: once it has expired it is answered 410 with the way to the words', async () => {
  await using world = await createFrontEndWorld({ streamLimits: { keepMs: 0 } });
  const { id } = await world.play(await world.newConversation(), 'Hi');
  const { detail } = problemOf(await world.send(`/v1/turns/${id}/audio`), 410, 'audio-expired');
  assert.ok(detail.includes(`GET /v1/turns/${id}`));
});

test('audio: where another process speaks the turn it is answered 503', async () => {
  const holding = holdTurns();
  await using first = await createFrontEndWorld(holding.options);
  await using second = await createFrontEndWorld({ agent: { name: first.agent.name } });
  const { id } = await first.accept(await first.newConversation(), 'hold');
  await holding.held;
  problemOf(await second.send(`/v1/turns/${id}/audio`), 503, 'audio-elsewhere');
  holding.release();
  await first.ended(id);
});
