import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreatedToken, CreateToken, Scope, tokenLimits } from '../../contract/access.ts';
import { readKeysFile } from '../../server/access/keys-file.ts';
import * as problems from '../../server/http/problems.ts';

const page = readFileSync('docs/security.md', 'utf8');
const [keys = '', token = ''] = [...page.matchAll(/```json\n([\s\S]+?)```/g)].map(([, json]) => json);

test('security.md: its keys file is read without a fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'legato-keys-'));
  const path = join(folder, 'keys.json');
  writeFileSync(path, keys.replaceAll('…', '0'));
  const { keys: read, faults } = readKeysFile(path);
  rmSync(folder, { recursive: true });
  assert.deepEqual(faults, []);
  assert.deepEqual(
    read.map(({ name, scopes, prefix }) => [name, scopes, prefix]),
    [
      ['back-office', ['read', 'operate'], ''],
      ['shop', ['turns'], 'shop-'],
    ],
  );
});

test('security.md: the token that it shows has the fields of an answer, and the body those of a request', () => {
  CreatedToken.parse(JSON.parse(token));
  CreateToken.parse(JSON.parse(/-d '(.+)'/.exec(page)?.[1] ?? ''));
});

test('security.md: it names every scope, every limit and every refusal', () => {
  const refusals = [
    ...[problems.missingKey(), problems.tokenExpired(''), problems.keyInAddress(), problems.scopeMissing('', 'read')],
    ...[problems.foreignConversation('', ''), problems.keyNeeded(''), problems.foreignHost(''), problems.crossSite()],
  ].map(({ slug }) => slug);
  const limits = [tokenLimits.defaultTtlSeconds, tokenLimits.ttlSeconds.toLocaleString('en')];
  for (const word of [...Scope.options, ...refusals]) assert.ok(page.includes(`\`${word}\``), word);
  for (const limit of limits) assert.ok(page.includes(String(limit)));
});
