import type { ToolPolicy } from '../../../contract/rounds.ts';
import type { AttemptContext, ToolRun } from '../../../live/calls/tool-run.ts';
import { createToolLog } from '../../../live/calls/tool-log.ts';
import { processClock } from '../../../time/clock.ts';
import { noMetadata } from '../../metadata.ts';

export const POLICY: ToolPolicy = {
  effect: 'read',
  timeoutMs: 5_000,
  budgetMs: 10_000,
  attempts: 2,
  firstDelayMs: 1,
  start: 'at_once',
  fillers: [],
  onBargeIn: 'cancel',
  cacheMs: 0,
  thread: false,
};

const served = { conversationId: 'c', turnId: 'turn', callId: 'step', idempotencyKey: 'turn/step' };

export type Body = (args: undefined, context: AttemptContext) => unknown;

export function toRun(body: Body, policy: Partial<ToolPolicy> = {}): ToolRun & { attempts: number[]; notes: string[] } {
  const attempts: number[] = [];
  const notes: string[] = [];
  return {
    run: async (context) => ({ ok: true, value: await body(undefined, context) }),
    policy: { ...POLICY, ...policy },
    served,
    log: createToolLog(served, 'tool', () => undefined),
    metadata: noMetadata,
    clock: processClock,
    signal: new AbortController().signal,
    onAttempt: (attempt) => attempts.push(attempt),
    onProgress: (note) => notes.push(note),
    onThrown: () => undefined,
    attempts,
    notes,
  };
}
