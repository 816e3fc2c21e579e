import { readFile } from 'node:fs/promises';
import { bundleWorkflows } from '../worker/workflow-bundle.ts';

/** Names the file to which the run of the tests has written the bundle of the workflows. */
export const BUNDLE_FILE = 'LEGATO_TEST_BUNDLE';

export interface WorkflowBundle {
  readonly code: string;
}

let bundle: Promise<WorkflowBundle> | undefined;

/** The workflows: bundled once for the whole run of the tests, or here where a file is run by itself. */
export function workflowBundle(): Promise<WorkflowBundle> {
  return (bundle ??= readBundle(process.env[BUNDLE_FILE]));
}

async function readBundle(file: string | undefined): Promise<WorkflowBundle> {
  if (file === undefined) return bundleWorkflows();
  return { code: await readFile(file, 'utf8') };
}
