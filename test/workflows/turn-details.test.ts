import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unbegunTurn } from '../../turn/advance.ts';
import { toRecordedState } from '../../turn/turn-record.ts';
import { turnDetails } from '../../workflows/turn-details.ts';
import type { UntimedRecord } from '../../workflows/turn-player.ts';
import { textInput } from '../text-input.ts';

const words = '[Pay here](https://evil.example) | <img src=x>\n# Refund';
const shown = String.raw`\[Pay here\](https\://evil.example) \| \<img src=x\> # Refund`;

test('details: words of the caller, the model and the tools are shown as they are, and never as links or markup', () => {
  const terms = { deadlineMs: 1, maxRounds: 1, apology: 'Sorry.' };
  const start = {
    conversationId: words,
    agent: 'orders',
    input: textInput(words),
    modality: 'text',
    number: 1,
  } as const;
  const record: UntimedRecord = {
    start: { ...start, terms, history: { items: [] } },
    ...{ epoch: 0, degraded: false, state: toRecordedState(unbegunTurn(terms)) },
    items: [
      { type: 'user', text: words },
      { type: 'speech', speech: '1-1', kind: 'answer', text: words, heardText: words },
      { type: 'call', call: `tool:1:0:${words}`, name: words, arguments: 7 },
      { type: 'result', call: 'tool:1:0:x', ok: false, error: { kind: 'failed', message: words } },
      { type: 'result', call: 'tool:1:1:x', ok: true, result: 7 },
    ],
    steps: [
      { id: 'tool:1:0:find_order', kind: 'tool', name: 'find_order', state: 'finished', attempts: 1, durationMs: 7 },
      { id: words, kind: 'tool', name: 'x', state: 'failed', attempts: 1, error: { kind: words, message: '' } },
    ],
  };
  assert.deepEqual(turnDetails(record, [words]).split('\n'), [
    `**running** · turn 1 of ${shown}`,
    '',
    `- **caller** ${shown}`,
    `- **answer** ${shown}`,
    `- **call** ${shown} 7`,
    `- **result** failed\\: ${shown}`.replace('\\:', ':'),
    '- **result** 7',
    '',
    '| step | state | ms |',
    '|---|---|---|',
    '| `tool:1:0:find_order` | finished | 7 |',
    `| ${shown} x | failed (${shown}) |  |`,
    '',
    `- ${shown}`,
  ]);
});
