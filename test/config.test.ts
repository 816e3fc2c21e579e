import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ConfigError, environmentVariables, readConfig } from '../config.ts';
import { scratchFolder } from './dev-server/scratch-folder.ts';

type Environment = Record<string, string>;

/** What is wrong with an environment; where nothing is, the test fails. */
function faultsOf(env: Environment, options?: { installed: boolean }): readonly string[] {
  try {
    readConfig(env, options);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return assert.fail('The environment was taken');
}

test('config: an empty environment is one machine with the example, the embedded server and the scripted model', () => {
  const { environment, ...config } = readConfig({});
  assert.deepEqual(environment, {});
  assert.deepEqual(config, {
    ...{ agent: 'examples/orders/agent.ts', host: '127.0.0.1', port: 8_787, namespace: 'default' },
    ...{ dataDir: resolve('.legato'), cacheDir: join(tmpdir(), 'legato-cache'), apiKeys: [], maxOpenTurns: 500 },
    graceMs: 20_000,
    ...{ payloadKeys: [], corsOrigins: [], runAhead: true, logLevel: 'info', missing: {} },
  });
});

test('config: a variable that is empty counts as absent', () => {
  const empty = Object.fromEntries(environmentVariables.map((name) => [name, '']));
  assert.deepEqual({ ...readConfig(empty), environment: {} }, { ...readConfig({}), environment: {} });
});

test('config: each variable has its place', () => {
  const config = readConfig({
    ...{ LEGATO_AGENT: 'my/agent.ts', HOST: '0.0.0.0', PORT: '80', LEGATO_API_KEYS: 'one, two' },
    ...{ OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'http://localhost:1/v1', LEGATO_DATA: 'data' },
    ...{ LEGATO_VOICE_API_KEY: 'vk', LEGATO_VOICE_BASE_URL: 'http://localhost:2/v1', LEGATO_VOICE_MODEL: 'kokoro' },
    ...{ LEGATO_TOKEN_SECRET: 's'.repeat(32), LEGATO_CORS_ORIGINS: 'https://a.example, http://b:3000' },
    ...{
      LEGATO_MAX_OPEN_TURNS: '7',
      LEGATO_GRACE_MS: '500',
      LEGATO_RUN_AHEAD: 'off',
      TEMPORAL_ADDRESS: 'there:7233',
      TEMPORAL_NAMESPACE: 'calls',
    },
  });
  assert.deepEqual([config.agent, config.host, config.port], ['my/agent.ts', '0.0.0.0', 80]);
  assert.deepEqual(
    config.apiKeys.map(({ name, key }) => [name, key]),
    [
      ['key-1', 'one'],
      ['key-2', 'two'],
    ],
  );
  assert.deepEqual([config.tokenSecret, config.corsOrigins], ['s'.repeat(32), ['https://a.example', 'http://b:3000']]);
  const watched = { LEGATO_MONITOR_PORT: '9464', LEGATO_MONITOR_HOST: '::1' };
  assert.deepEqual(readConfig(watched).monitor, { host: '::1', port: 9464 });
  assert.equal(config.runAhead, false);
  assert.deepEqual(config.openai, { apiKey: 'sk', baseURL: 'http://localhost:1/v1' });
  assert.deepEqual(config.voice, { apiKey: 'vk', baseURL: 'http://localhost:2/v1', model: 'kokoro' });
  assert.deepEqual([config.dataDir, config.maxOpenTurns, config.graceMs], [resolve('data'), 7, 500]);
  assert.deepEqual([config.temporal?.address, config.namespace], ['there:7233', 'calls']);
});

test('config: all faults are reported at once, each in a sentence that begins with its variable', () => {
  const faults = faultsOf({
    ...{ HOST: 'not a host', PORT: 'http', OPENAI_BASE_URL: 'localhost/v1', LEGATO_MAX_OPEN_TURNS: '0' },
    ...{ LEGATO_API_KEYS: 'one,,two', LEGATO_LOG_LEVEL: 'loud' },
  });
  const variables = faults.map((fault) => fault.split(' ')[0]).sort();
  const expected = ['HOST', 'LEGATO_API_KEYS', 'LEGATO_LOG_LEVEL', 'LEGATO_MAX_OPEN_TURNS', 'OPENAI_BASE_URL'];
  assert.deepEqual(variables, [...expected, 'OPENAI_BASE_URL', 'PORT']);
});

test('config: the message of the error is the list of its faults', () => {
  assert.throws(() => readConfig({ PORT: 'http', LEGATO_MAX_OPEN_TURNS: 'many' }), {
    message: [
      'Cannot read the configuration:',
      "  PORT is 'http', but must be a whole number from 0 to 65535",
      "  LEGATO_MAX_OPEN_TURNS is 'many', but must be a whole number from 1 to 100000",
    ].join('\n'),
  });
});

for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']) {
  test(`config: the log may have the level '${level}'`, () => {
    assert.equal(readConfig({ LEGATO_LOG_LEVEL: level }).logLevel, level);
  });
}

test('config: another level of the log is a fault that names those there are', () => {
  const rule = 'but must be one of trace, debug, info, warn, error, fatal, silent';
  assert.deepEqual(faultsOf({ LEGATO_LOG_LEVEL: 'INFO' }), [`LEGATO_LOG_LEVEL is 'INFO', ${rule}`]);
});

for (const port of ['-1', '65536', '80.5', '0x50', ' 80', '8e1', '99999999999']) {
  test(`config: '${port}' is no port`, () => {
    assert.deepEqual(faultsOf({ PORT: port }), [`PORT is '${port}', but must be a whole number from 0 to 65535`]);
  });
}

for (const url of ['api.example.com/v1', 'ftp://example.com/v1', 'https://', 'v1']) {
  test(`config: '${url}' is no base URL`, () => {
    const [fault, ...rest] = faultsOf({ OPENAI_API_KEY: 'sk-secret', OPENAI_BASE_URL: url });
    assert.equal(
      fault,
      `OPENAI_BASE_URL is '${url}', but must be an http or https URL, e.g. https://api.openai.com/v1`,
    );
    assert.deepEqual(rest, []);
  });
}

for (const keys of ['sk-secret,,sk-other', 'sk-secret,', 'sk secret', 'sk-sécret']) {
  test(`config: keys that cannot be sent are a fault that does not quote them (${keys.length})`, () => {
    const [fault = '', ...rest] = faultsOf({ LEGATO_API_KEYS: keys });
    assert.deepEqual(rest, []);
    assert.match(fault, /^LEGATO_API_KEYS has an empty key/);
    assert.doesNotMatch(fault, /sk-|secret/);
  });
}

for (const variable of ['OPENAI_API_KEY', 'LEGATO_VOICE_API_KEY']) {
  for (const key of ['sk-secret\n', 'sk-secret\nsk-other', 'sk secret', 'sk-sécret']) {
    test(`config: ${variable} that no header can hold is a fault that does not quote it (${JSON.stringify(key)})`, () => {
      const [fault = '', ...rest] = faultsOf({ [variable]: key });
      assert.match(fault, new RegExp(`^${variable} has a space or a special character`));
      assert.doesNotMatch(fault, /sk|secret/);
      assert.deepEqual(rest, []);
    });
  }
}

test('config: no key is quoted in any fault', () => {
  const env = {
    ...{ OPENAI_API_KEY: 'sk-secret', LEGATO_API_KEYS: 'secret,', TEMPORAL_API_KEY: 'secret' },
    ...{ PORT: 'x', TEMPORAL_TLS_CLIENT_KEY_DATA: 'secret', TEMPORAL_TLS_CLIENT_CERT_DATA: 'secret' },
  };
  assert.throws(
    () => readConfig(env),
    (error: Error) => !error.message.includes('secret') && !error.message.includes('sk-'),
  );
});

for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.example.com', '127.0.0.1.example.com']) {
  test(`config: HOST '${host}' needs keys, since others can reach it`, () => {
    const expected = `HOST is '${host}', which others can reach; set LEGATO_API_KEYS, or HOST to 127.0.0.1`;
    assert.deepEqual(faultsOf({ HOST: host }), [expected]);
    assert.equal(readConfig({ HOST: host, LEGATO_API_KEYS: 'one' }).host, host);
  });
}

for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) {
  test(`config: HOST '${host}' needs no keys`, () => {
    assert.equal(readConfig({ HOST: host }).host, host);
  });
}

test('config: installed it says what to do where an agent needs a key, since the scripted server is not there', () => {
  const model =
    'OPENAI_API_KEY is missing; set it to a key, or to any word if the server of OPENAI_BASE_URL needs none';
  const { missing } = readConfig({}, { installed: true });
  assert.equal(missing.model, model);
  assert.match(missing.voice ?? '', /^LEGATO_VOICE_API_KEY is missing; set it/);
  assert.match(missing.fallbackVoice ?? '', /^LEGATO_FALLBACK_VOICE_API_KEY is missing; set it/);
  assert.deepEqual(readConfig({ LEGATO_VOICE_API_KEY: 'vk' }, { installed: true }).missing, { model });
  const { voice } = missing;
  const fallback = { LEGATO_FALLBACK_VOICE_API_KEY: 'fk' };
  assert.deepEqual(readConfig(fallback, { installed: true }).missing, { model, voice });
  assert.deepEqual(readConfig({ OPENAI_API_KEY: 'sk' }, { installed: true }).missing, {});
  assert.deepEqual(readConfig({}, { installed: false }).missing, {});
  assert.deepEqual(readConfig({ OPENAI_API_KEY: 'sk' }, { installed: true }).openai, { apiKey: 'sk' });
});

test('config: the voice is where the model is, unless it has variables of its own', () => {
  const openai = { OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'http://localhost:1/v1' };
  const voiceOf = (env: Environment) => readConfig(env).voice;
  assert.deepEqual(voiceOf(openai), { apiKey: 'sk', baseURL: 'http://localhost:1/v1' });
  assert.deepEqual(voiceOf({ OPENAI_API_KEY: 'sk', LEGATO_VOICE_MODEL: 'tts-1' }), { apiKey: 'sk', model: 'tts-1' });
  assert.deepEqual(voiceOf({ ...openai, LEGATO_VOICE_BASE_URL: openai.OPENAI_BASE_URL })?.apiKey, 'sk');
  const own = readConfig({ LEGATO_VOICE_API_KEY: 'vk', LEGATO_VOICE_BASE_URL: 'http://localhost:2/v1' });
  assert.deepEqual([own.openai, own.voice], [undefined, { apiKey: 'vk', baseURL: 'http://localhost:2/v1' }]);
});

test('config: the key of the model is not sent to another server for the voice', () => {
  const env = { OPENAI_API_KEY: 'sk-secret', LEGATO_VOICE_BASE_URL: 'http://localhost:2/v1' };
  assert.deepEqual(faultsOf(env), [
    'LEGATO_VOICE_BASE_URL is set without LEGATO_VOICE_API_KEY; set that too, to any word if the server needs none: OPENAI_API_KEY is not sent to another server',
  ]);
});

test('config: the key of the voice is not sent to the server of the model', () => {
  const fault =
    'LEGATO_VOICE_API_KEY is set without LEGATO_VOICE_BASE_URL; set that too, to the address of the speech server: a key of its own is not sent to OPENAI_BASE_URL';
  const env = { OPENAI_API_KEY: 'sk-secret', OPENAI_BASE_URL: 'http://localhost:1/v1', LEGATO_VOICE_API_KEY: 'vk' };
  assert.deepEqual(faultsOf(env), [fault]);
  const named = readConfig({ ...env, LEGATO_VOICE_BASE_URL: env.OPENAI_BASE_URL });
  assert.deepEqual(named.voice, { apiKey: 'vk', baseURL: env.OPENAI_BASE_URL });
  assert.deepEqual(readConfig({ OPENAI_API_KEY: 'sk', LEGATO_VOICE_API_KEY: 'vk' }).voice, { apiKey: 'vk' });
});

const VOICE = {
  LEGATO_VOICE_API_KEY: 'vk',
  LEGATO_VOICE_BASE_URL: 'http://localhost:2/v1',
  LEGATO_VOICE_MODEL: 'kokoro',
};

test('config: a fallback voice has a server of its own where a variable of it is set; the others are those of the voice', () => {
  const fallbackOf = (env: Environment) => readConfig({ ...VOICE, ...env }).fallbackVoice;
  assert.equal(fallbackOf({}), undefined);
  const voice = { apiKey: 'vk', baseURL: 'http://localhost:2/v1' };
  assert.deepEqual(fallbackOf({ LEGATO_FALLBACK_VOICE_MODEL: 'orpheus' }), { ...voice, model: 'orpheus' });
  const own = { LEGATO_FALLBACK_VOICE_API_KEY: 'fk', LEGATO_FALLBACK_VOICE_BASE_URL: 'http://localhost:3/v1' };
  assert.deepEqual(fallbackOf(own), { apiKey: 'fk', baseURL: 'http://localhost:3/v1' });
  const hosted = readConfig({ OPENAI_API_KEY: 'sk', LEGATO_FALLBACK_VOICE_API_KEY: 'fk' });
  assert.deepEqual([hosted.voice, hosted.fallbackVoice], [{ apiKey: 'sk' }, { apiKey: 'fk' }]);
});

test('config: no key is sent to another server for the fallback voice', () => {
  for (const env of [VOICE, { OPENAI_API_KEY: 'sk' }, {}]) {
    const [fault = '', ...others] = faultsOf({ ...env, LEGATO_FALLBACK_VOICE_BASE_URL: 'http://localhost:3/v1' });
    assert.match(fault, /^LEGATO_FALLBACK_VOICE_BASE_URL is set without LEGATO_FALLBACK_VOICE_API_KEY; set that too/);
    assert.deepEqual(others, []);
  }
  assert.match(
    faultsOf({ ...VOICE, LEGATO_FALLBACK_VOICE_API_KEY: 'fk' })[0] ?? '',
    /^LEGATO_FALLBACK_VOICE_API_KEY is set without LEGATO_FALLBACK_VOICE_BASE_URL/,
  );
  assert.match(
    faultsOf({ LEGATO_FALLBACK_VOICE_MODEL: 'm' })[0] ?? '',
    /^LEGATO_FALLBACK_VOICE_MODEL is 'm', but the voice is the scripted one/,
  );
});

test('config: a model for the scripted voice, a URL that is none and a key that cannot be sent are faults', () => {
  assert.deepEqual(faultsOf({ LEGATO_VOICE_MODEL: 'tts-1' }), [
    "LEGATO_VOICE_MODEL is 'tts-1', but the voice is the scripted one; set LEGATO_VOICE_API_KEY or OPENAI_API_KEY too",
  ]);
  const [url = '', ...others] = faultsOf({ LEGATO_VOICE_BASE_URL: 'localhost/v1', LEGATO_VOICE_API_KEY: 'vk' });
  assert.match(url, /^LEGATO_VOICE_BASE_URL is 'localhost\/v1', but must be an http or https URL/);
  const [key = '', ...more] = faultsOf({ LEGATO_VOICE_API_KEY: 'vk secret' });
  assert.match(key, /^LEGATO_VOICE_API_KEY has a space or a special character/);
  assert.doesNotMatch(key, /secret/);
  assert.deepEqual([...others, ...more], []);
});

test('config: a base URL without a key is a fault, not a model that is ignored', () => {
  const [fault = '', ...rest] = faultsOf({ OPENAI_BASE_URL: 'http://localhost:1/v1' });
  assert.match(fault, /^OPENAI_BASE_URL is set without OPENAI_API_KEY/);
  assert.deepEqual(rest, []);
});

const keyIsMissing =
  'OPENAI_API_KEY is missing; set it to a key, or to any word if the server of OPENAI_BASE_URL needs none';

test('config: an installed package needs a key, but where replies answer without one', () => {
  const installed = (env: Record<string, string>, hasReplies?: (files: object) => boolean) => () =>
    readConfig(env, { installed: true, ...(hasReplies && { hasReplies }) });
  assert.equal(installed({})().missing.model, keyIsMissing);
  assert.equal(installed({ LEGATO_REPLIES: 'mine.ts' })().missing.model, keyIsMissing);
  const orReplies = `${keyIsMissing}, or write replies.ts beside the agent module, by which 'legato dev' answers`;
  assert.deepEqual(installed({}, () => false)().missing, { model: orReplies });
  const files: object[] = [];
  const config = installed({ LEGATO_REPLIES: 'mine.ts' }, (named) => files.push(named) > 0)();
  assert.deepEqual(files, [{ agent: 'agent.ts', replies: 'mine.ts' }]);
  assert.deepEqual([config.agent, config.replies, config.openai], ['agent.ts', 'mine.ts', undefined]);
  assert.deepEqual(config.missing, {});
  assert.throws(
    installed({ OPENAI_BASE_URL: 'http://localhost:1/v1' }, () => true),
    /OPENAI_BASE_URL is set without OPENAI_API_KEY/,
  );
});

test('config: a profile file counts only where a variable names it', async (t) => {
  const folder = await scratchFolder(t);
  const file = join(folder, 'temporal.toml');
  await writeFile(file, '[profile.default]\naddress = "profile:7233"\nnamespace = "of-profile"\n');
  const named = readConfig({ TEMPORAL_CONFIG_FILE: file });
  assert.deepEqual([named.temporal?.address, named.namespace], ['profile:7233', 'of-profile']);
  const over = readConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: 'there:7233' });
  assert.deepEqual([over.temporal?.address, over.namespace], ['there:7233', 'of-profile']);
  // Where the library would look for a file that nobody names.
  const unnamed = readConfig({ HOME: folder, XDG_CONFIG_HOME: folder });
  assert.equal(unnamed.temporal, undefined);
});

test('config: a profile that cannot be read is a fault beside the others', async (t) => {
  const file = join(await scratchFolder(t), 'temporal.toml');
  await writeFile(file, '[profile.default\n');
  const faults = faultsOf({ PORT: 'x', TEMPORAL_CONFIG_FILE: file });
  assert.deepEqual(
    faults.map((fault) => fault.split(' ')[0]),
    ['PORT', 'TEMPORAL_…'],
  );
});

test('config: an address of Temporal with a scheme is a fault, wherever it is set', async (t) => {
  const file = join(await scratchFolder(t), 'temporal.toml');
  await writeFile(file, '[profile.default]\naddress = "https://profile:7233"\n');
  const rule = 'but must be a host and a port without a scheme, e.g. 127.0.0.1:7233';
  assert.deepEqual(faultsOf({ TEMPORAL_ADDRESS: 'http://there:7233' }), [
    `TEMPORAL_ADDRESS is 'http://there:7233', ${rule}`,
  ]);
  assert.deepEqual(faultsOf({ TEMPORAL_CONFIG_FILE: file }), [
    `TEMPORAL_… names a profile whose address is 'https://profile:7233', ${rule}`,
  ]);
});

test('config: built servers are stored where XDG says, if it is an absolute path', () => {
  assert.equal(readConfig({ XDG_CACHE_HOME: '/cache', HOME: '/home/ann' }).cacheDir, '/cache/legato');
  assert.equal(readConfig({ XDG_CACHE_HOME: 'cache', HOME: '/home/ann' }).cacheDir, '/home/ann/.cache/legato');
  assert.equal(readConfig({ HOME: homedir() }).cacheDir, join(homedir(), '.cache', 'legato'));
});

test('config: code is kept in a folder of one’s own, and nowhere without one', () => {
  assert.equal(readConfig({ HOME: '/home/ann' }).bundleDir, '/home/ann/.cache/legato/workflows');
  assert.equal(readConfig({ XDG_CACHE_HOME: '/cache' }).bundleDir, '/cache/legato/workflows');
  assert.equal(readConfig({ XDG_CACHE_HOME: 'cache' }).bundleDir, undefined);
  assert.equal(readConfig({}).bundleDir, undefined);
});

test('config: whether turns run ahead is on or off, and nothing else', () => {
  assert.equal(readConfig({ LEGATO_RUN_AHEAD: 'on' }).runAhead, true);
  assert.throws(
    () => readConfig({ LEGATO_RUN_AHEAD: 'maybe' }),
    /LEGATO_RUN_AHEAD is 'maybe', but must be 'on' or 'off'/,
  );
});

const keysFile = async (t: TestContext, ...entries: unknown[]): Promise<string> => {
  const path = join(await scratchFolder(t), 'keys.json');
  await writeFile(path, JSON.stringify(entries));
  return path;
};

test('config: keys may stand in a file, and let HOST be an address that others can reach', async (t) => {
  const path = await keysFile(t, { name: 'shop', key: 'secret', scopes: ['turns'], conversations: 'shop-' });
  const { apiKeys, apiKeysFile } = readConfig({ LEGATO_API_KEYS_FILE: path, HOST: '0.0.0.0' });
  assert.equal(apiKeysFile, path);
  assert.deepEqual(
    apiKeys.map(({ name, scopes, prefix }) => ({ name, scopes, prefix })),
    [{ name: 'shop', scopes: ['turns'], prefix: 'shop-' }],
  );
});

test('config: a keys file that can be read only once, such as a pipe, leaves no server without keys, and is not read again', () => {
  const config = new URL('../config.ts', import.meta.url).href;
  const code = `const { readConfig } = await import('${config}');
    const { apiKeys, apiKeysFile } = readConfig({ LEGATO_API_KEYS_FILE: '/dev/stdin', HOST: '0.0.0.0' });
    console.log(apiKeys.map(({ name }) => name).join(), apiKeysFile);`;
  const args = [process.execPath, '--conditions=legato-source', '--input-type=module', '-e', code];
  // Only through the shell is the standard input a pipe, which a path can name.
  const { stdout, stderr } = spawnSync('sh', ['-c', 'cat | "$@"', 'sh', ...args], {
    input: JSON.stringify([{ name: 'shop', key: 'secret', scopes: ['turns'] }]),
    encoding: 'utf8',
  });
  assert.equal(stdout, 'shop undefined\n', stderr);
});

test('config: what is wrong with the keys file is told beside all other faults', async (t) => {
  const path = await keysFile(t, { name: 'shop', key: 'secret', scopes: [] });
  assert.deepEqual(faultsOf({ LEGATO_API_KEYS_FILE: path, PORT: 'x' }), [
    "PORT is 'x', but must be a whole number from 0 to 65535",
    `LEGATO_API_KEYS_FILE '${path}': entry 0, field 'scopes' is empty; name at least one of read, turns, approve, operate`,
  ]);
});

test('config: keys in both places are a fault', async (t) => {
  const path = await keysFile(t, { name: 'shop', key: 'secret', scopes: ['turns'] });
  assert.deepEqual(faultsOf({ LEGATO_API_KEYS_FILE: path, LEGATO_API_KEYS: 'one' }), [
    'LEGATO_API_KEYS and LEGATO_API_KEYS_FILE are both set; put all keys into the file and leave out the other',
  ]);
});

test('config: a keys file of hashes alone needs a secret for tokens', async (t) => {
  const path = await keysFile(t, { name: 'shop', sha256: 'ab'.repeat(32), scopes: ['turns'] });
  assert.deepEqual(faultsOf({ LEGATO_API_KEYS_FILE: path }), [
    `LEGATO_TOKEN_SECRET is missing, and '${path}' has only hashes, from which none is derived; set it to 32 random characters or more`,
  ]);
  assert.equal(readConfig({ LEGATO_API_KEYS_FILE: path, LEGATO_TOKEN_SECRET: 's'.repeat(32) }).apiKeys.length, 1);
});

test('config: a short secret for tokens is a fault that does not quote it', () => {
  assert.deepEqual(faultsOf({ LEGATO_TOKEN_SECRET: 'short-secret' }), [
    "LEGATO_TOKEN_SECRET is shorter than 32 characters; make one, e.g. with 'openssl rand -hex 32'",
  ]);
});

for (const origin of [
  'shop.example',
  'https://shop.example/',
  'https://Shop.example',
  'https://shop.example/a',
  'null',
  '',
]) {
  test(`config: '${origin}' is no origin of a page`, () => {
    assert.deepEqual(faultsOf({ LEGATO_CORS_ORIGINS: `https://a.example,${origin}` }), [
      `LEGATO_CORS_ORIGINS has '${origin}', which is no origin; write e.g. https://shop.example`,
    ]);
  });
}

test("config: pages of all origins need keys, and '*' stands alone", () => {
  assert.deepEqual(readConfig({ LEGATO_CORS_ORIGINS: '*', LEGATO_API_KEYS: 'one' }).corsOrigins, ['*']);
  assert.deepEqual(faultsOf({ LEGATO_CORS_ORIGINS: '*' }), [
    "LEGATO_CORS_ORIGINS is '*', and without keys every page could use this server; name the origins, or set LEGATO_API_KEYS",
  ]);
  assert.deepEqual(faultsOf({ LEGATO_CORS_ORIGINS: '*,https://a.example', LEGATO_API_KEYS: 'one' }), [
    "LEGATO_CORS_ORIGINS has '*' beside others; leave out one or the other",
  ]);
});

const key = Buffer.alloc(32, 7).toString('base64');

test('config: payload keys are read with their ids, in their order, in either alphabet', () => {
  const other = Buffer.alloc(32, 255);
  const { payloadKeys } = readConfig({ LEGATO_PAYLOAD_KEYS: `k2:${key}, k1:${other.toString('base64url')}` });
  assert.deepEqual(
    payloadKeys.map(({ id, key: bytes }) => [id, Buffer.from(bytes).toString('base64')]),
    [
      ['k2', key],
      ['k1', other.toString('base64')],
    ],
  );
});

const malformedKeys = [key, `k1:${key},`, `k1:${key.slice(4)}`, `k1=${key}`, `my key:${key}`, `k1:${key}x`];
for (const [index, text] of malformedKeys.entries()) {
  test(`config: payload keys that are malformed are a fault that quotes none of them (${index + 1})`, () => {
    const [fault = '', ...more] = faultsOf({ LEGATO_PAYLOAD_KEYS: text });
    assert.match(
      fault,
      /^LEGATO_PAYLOAD_KEYS has an entry, number \d, that is not '<id>:<key>'; .*openssl rand -base64 32/,
    );
    assert.ok(!fault.includes(key.slice(4, 12)), fault);
    assert.deepEqual(more, []);
  });
}

test('config: two payload keys with one id are a fault', () => {
  const [fault = ''] = faultsOf({ LEGATO_PAYLOAD_KEYS: `k1:${key},k1:${key}` });
  assert.match(fault, /^LEGATO_PAYLOAD_KEYS has two keys with the id 'k1'; give each its own$/);
});
