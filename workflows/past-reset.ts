import { patched, workflowInfo } from '@temporalio/workflow';

/**
 * Whether a reset made this run, and the kept part of its history is replayed: before that, only what the earlier run
 * did may be done. A marker records the place, so that a replay finds it again; other runs have none.
 */
export function isPastReset(): boolean {
  return (isReset() || workflowInfo().unsafe.isReplaying) && patched('reset');
}

export function isReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}
