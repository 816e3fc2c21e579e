import { Context } from '@temporalio/activity';
import type { Run } from '../live/turns/ended-runs.ts';

/** The workflow that has scheduled this step. */
export function currentRun(): Run {
  const { workflowId = '', runId = '' } = Context.current().info.workflowExecution ?? {};
  return { workflowId, runId };
}
