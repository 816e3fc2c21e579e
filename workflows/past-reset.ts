import { patched, workflowInfo } from '@temporalio/workflow';

/**
 * Whether a reset made this run, and what its history kept of the earlier run is behind: before that, only what the
 * earlier run did may be done. A marker holds the place, so that a replay finds it again; other runs have none.
 */
export function isPastReset(): boolean {
  return (isReset() || workflowInfo().unsafe.isReplaying) && patched('reset');
}

export function isReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}
