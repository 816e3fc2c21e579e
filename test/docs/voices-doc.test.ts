import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import ts from 'typescript';
import { loadAgent } from '../../agent/load-agent.ts';
import { BYTES_PER_MS } from '../../contract/audio.ts';
import { createAuthorVoice } from '../../providers/author-voice.ts';
import type { LanguageModel } from '../../providers/model.ts';
import { environmentVariables } from '../../config.ts';
import { playAtHome } from '../live/home-turn.ts';

const root = join(import.meta.dirname, '../..');
const doc = readFileSync(join(root, 'docs/voices.md'), 'utf8');
mkdirSync(join(root, '.legato'), { recursive: true });
const folder = mkdtempSync(join(root, '.legato/voices-doc-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'agent.ts');
writeFileSync(file, /^```ts\n([^]*?)^```$/m.exec(doc)?.[1] ?? '');

const model: LanguageModel = {
  async *reply() {
    await Promise.resolve();
    yield { type: 'text', text: 'It has shipped.' };
  },
};

test('docs/voices.md: the voice of the example says an answer, with its words timed', async () => {
  const { speech } = await loadAgent(file);
  assert.ok(speech);
  await using home = playAtHome({ agent: {}, model, voice: createAuthorVoice(speech) });
  await home.until(() => home.events.some(({ type }) => type === 'speech.finished'));
  const audio = home.events.flatMap((event) => (event.type === 'speech.audio' ? [event.pcm.byteLength] : []));
  assert.deepEqual(
    audio,
    [200, 200, 200].map((ms) => ms * BYTES_PER_MS),
  );
  const finished = home.events.find((event) => event.type === 'speech.finished');
  assert.deepEqual([finished?.text, finished?.durationMs], ['It has shipped.', 600]);
});

test('docs/voices.md: the example has the types that authors are given', () => {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
  const own = diagnostics.filter((diagnostic) => diagnostic.file?.fileName === file);
  assert.deepEqual(
    own.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    [],
  );
});

test('docs/voices.md: every variable of the voice is in its table', () => {
  const names = environmentVariables.filter((name) => /^LEGATO_(FALLBACK_)?VOICE_/.test(name));
  assert.equal(names.length, 6);
  for (const name of names) assert.match(doc, new RegExp(`^\\| \`${name}\` `, 'm'));
});
