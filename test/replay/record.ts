// Writes histories into the folder of this release, `histories/<version>/`: all kinds, or those that --test-name-pattern
// names.
// node --conditions=legato-source --test --test-global-setup=test/global-setup.ts test/replay/record.ts
//
// At a release: raise the version in package.json, set `isWritten` of the patches that are due in workflows/patches.ts,
// run this, and commit the new folder. While a release is in the making its folder may be written again. Once CHANGELOG.md
// has a heading of the version its folder is never touched again, and neither are those of earlier releases: they show
// that turns and conversations which old code began go on with new code.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { thisRelease } from './histories.ts';
import { recordedConversations } from './recorded-conversations.ts';
import { recordedCuts } from './recorded-cuts.ts';
import { recordedLosses } from './recorded-losses.ts';
import { recordedResets } from './recorded-resets.ts';
import { recordedTurns } from './recorded-turns.ts';

const recordings = {
  ...{ ...recordedTurns, ...recordedCuts, ...recordedLosses },
  ...{ ...recordedResets, ...recordedConversations },
};
const { version, folder } = thisRelease;

before(async () => {
  const changes = await readFile(new URL('../../CHANGELOG.md', import.meta.url), 'utf8');
  const isReleased = changes.split('\n').some((line) => line.startsWith(`## ${version}`));
  assert.ok(!isReleased, `The histories of ${version} are those of a release; raise the version in package.json first`);
  await mkdir(folder, { recursive: true });
});

for (const [name, record] of Object.entries(recordings)) {
  test(`record: ${name}`, async () => {
    await writeFile(new URL(`${name}.json`, folder), `${toText(await record())}\n`);
  });
}

/** Without what names the machine or its folders. */
function toText(history: History): string {
  return historyToJSON(history)
    .replaceAll(/"(identity|name)": "[^"]*@[^"]*"/g, '"$1": "recorded"')
    .replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
}
