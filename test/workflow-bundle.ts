import { readFile } from 'node:fs/promises';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../worker/create-workers.ts';

/** Names the file to which the run of the tests has written the bundle of the workflows. */
export const BUNDLE_FILE = 'LEGATO_TEST_BUNDLE';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflows: bundled once for the whole run of the tests, or here where a file is run by itself. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  return (bundle ??= readBundle(process.env[BUNDLE_FILE]));
}

async function readBundle(file: string | undefined): Promise<WorkflowBundleWithSourceMap> {
  if (file === undefined) return bundleWorkflows();
  return { code: await readFile(file, 'utf8'), sourceMap: '' };
}
