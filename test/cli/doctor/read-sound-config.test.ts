import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSoundConfig } from '../../../cli/doctor/read-sound-config.ts';

test('doctor: variables with faults are told, and all others are read', () => {
  const environment = {
    PORT: 'http',
    HOST: '0.0.0.0',
    LEGATO_LOG_LEVEL: 'loud',
    LEGATO_AGENT: 'mine.ts',
    LEGATO_DATA: '/d',
  };
  const { config, faults } = readSoundConfig(environment);
  assert.deepEqual(
    faults.map((fault) => fault.split(' ')[0]),
    ['PORT', 'LEGATO_LOG_LEVEL', 'HOST'],
  );
  assert.deepEqual([config.agent, config.dataDir, config.host, config.port], ['mine.ts', '/d', '127.0.0.1', 8_787]);
  assert.equal(config.missing.model, undefined);
});

test('doctor: a fault that appears once another variable is left out keeps nothing from being read', () => {
  const environment = {
    OPENAI_API_KEY: 'two words',
    OPENAI_BASE_URL: 'http://models.test/v1',
    LEGATO_AGENT: 'mine.ts',
  };
  const { config, faults } = readSoundConfig(environment);
  assert.match(faults.join(), /^OPENAI_API_KEY has a space/);
  assert.deepEqual([config.agent, config.openai], ['mine.ts', undefined]);
});

test('doctor: faults of TEMPORAL_ variables leave all of them out', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'legato-doctor-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'temporal.toml');
  await writeFile(file, 'no profile');
  const { config, faults } = readSoundConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: 'a:7233' });
  assert.match(faults.join(), /^TEMPORAL_/);
  assert.equal(config.temporal, undefined);
});

test('doctor: in an installed package without a key it is told what to do, apart from the faults', () => {
  const { config, faults } = readSoundConfig({ LEGATO_AGENT: 'mine.ts' }, { installed: true });
  assert.deepEqual([config.agent, faults], ['mine.ts', []]);
  assert.match(config.missing.model ?? '', /^OPENAI_API_KEY is missing; set it/);
});
