import { workflowInfo } from '@temporalio/workflow';
import { isPatched } from './patches.ts';

/**
 * Whether a reset made this run, and the replay of the earlier run's history is over. Until then the run may only repeat
 * what the earlier run did. A marker records the place, so that a later replay finds it; other runs have none.
 */
export function isPastReset(): boolean {
  return (isReset() || workflowInfo().unsafe.isReplaying) && isPatched('reset');
}

export function isReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}
