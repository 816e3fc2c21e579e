import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { patches } from '../../workflows/patches.ts';
import { historiesFolder, thisRelease } from './histories.ts';
import { recordedConversations } from './recorded-conversations.ts';
import { recordedCuts } from './recorded-cuts.ts';
import { recordedTurns } from './recorded-turns.ts';

// The saved histories are those of the code as it is: what it commands now is in them, and each patch that it writes.

const RECORD_ANEW = `Keep what old histories need behind a patch of workflows/patches.ts, then record those of ${thisRelease.version}: see test/replay/record.ts`;

type JsonEvent = Readonly<Record<string, unknown>> & { readonly eventType: string };

const toEvents = (history: History): readonly JsonEvent[] =>
  (JSON.parse(historyToJSON(history)) as { events: JsonEvent[] }).events;

function readSaved(path: string): readonly JsonEvent[] {
  return toEvents(historyFromJSON(JSON.parse(readFileSync(path, 'utf8'))));
}

/** By the event that Temporal writes for a command, the fields that the workflow's code decides. Not what depends on which of two events came first. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  activityTaskScheduled: [
    ...['activityId', 'activityType', 'retryPolicy'],
    ...['scheduleToStartTimeout', 'startToCloseTimeout', 'heartbeatTimeout'],
  ],
  timerStarted: [],
  markerRecorded: ['markerName', 'details'],
  upsertWorkflowSearchAttributes: [],
  workflowExecutionCompleted: [],
  workflowExecutionFailed: [],
  workflowExecutionContinuedAsNew: [],
};

/** Steps that a busy machine may add: home is probed or changes, or the end is reported by a step of its own. */
const MAY_BE_ADDED = /"(probeHome|takeHome|closeTurn)"/;

/** What a workflow commands, each kind of command once: how often a timer starts depends on how fast the machine is. */
function commandsIn(events: readonly JsonEvent[]): readonly string[] {
  const commands = events.flatMap((event) =>
    Object.entries(COMMANDS).flatMap(([type, fields]) => {
      const attributes = event[`${type}EventAttributes`] as Readonly<Record<string, unknown>> | undefined;
      return attributes ? [`${type} ${JSON.stringify(fields.map((field) => attributes[field]))}`] : [];
    }),
  );
  return [...new Set(commands)].filter((command) => !MAY_BE_ADDED.test(command)).sort();
}

const kinds = {
  ...recordedTurns,
  interrupted: recordedCuts['interrupted'],
  'conversation-open': recordedConversations['conversation-open'],
};

for (const [kind, play] of Object.entries(kinds)) {
  test(`commands: a workflow of the kind '${kind}' commands what its history of this release has`, async () => {
    assert.ok(play);
    const now = commandsIn(toEvents(await play()));
    const saved = commandsIn(readSaved(fileURLToPath(new URL(`${kind}.json`, thisRelease.folder))));
    assert.deepEqual(now, saved, RECORD_ANEW);
  });
}

/** Patches that only matter if two events reach a workflow in one task, which no server can be made to do: these tests play them. */
const RACES: Readonly<Record<string, string>> = {
  'handlers-before-end': 'test/workflows/races/interrupts.test.ts',
  'told-before-close': 'test/workflows/races/conversation.test.ts',
  'late-account': 'test/workflows/races/take-over.test.ts',
};

const saved = readdirSync(historiesFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
);
const markers = new Set(
  saved.flatMap((name) => readSaved(join(fileURLToPath(historiesFolder), name)).flatMap((event) => patchesIn(event))),
);

function patchesIn({ markerRecordedEventAttributes: marker }: JsonEvent): readonly string[] {
  const { details = {} } = (marker ?? {}) as { details?: Record<string, { payloads: readonly { data: string }[] }> };
  const texts = Object.values(details).flatMap(({ payloads }) => payloads.map(({ data }) => data));
  return texts.flatMap((data) => (JSON.parse(Buffer.from(data, 'base64').toString()) as { id?: string }).id ?? []);
}

for (const [id, { isWritten }] of Object.entries(patches)) {
  const isPlayed = RACES[id] !== undefined;
  if (!isWritten || isPlayed) continue;
  test(`commands: a saved history has the patch '${id}'`, () => {
    assert.ok(markers.has(id), RECORD_ANEW);
  });
}
