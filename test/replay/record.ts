// Writes histories anew, when a change of a workflow is meant to leave old ones behind: all of them, or those that
// --test-name-pattern names.
// node --conditions=legato-source --test --test-global-setup=test/global-setup.ts test/replay/record.ts
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { recordedConversations } from './recorded-conversations.ts';
import { recordedCuts } from './recorded-cuts.ts';
import { recordedLosses } from './recorded-losses.ts';
import { recordedTurns } from './recorded-turns.ts';

const recordings = { ...recordedTurns, ...recordedCuts, ...recordedLosses, ...recordedConversations };

for (const [name, record] of Object.entries(recordings)) {
  test(`record: ${name}`, async () => {
    await writeFile(new URL(`histories/${name}.json`, import.meta.url), `${toText(await record())}\n`);
  });
}

/** Without what names the machine or its folders. */
function toText(history: History): string {
  return historyToJSON(history)
    .replaceAll(/"(identity|name)": "[^"]*@[^"]*"/g, '"$1": "recorded"')
    .replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
}
