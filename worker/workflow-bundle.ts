import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const toPath = (name: string) => join(root, 'workflows', `${name}.${extension}`);
/** `npm run build` writes it. */
export const packagedBundle = toPath('bundle');
/** All that a bundle is made of: our code, and, by the lock file, the packages that it imports. */
const SOURCES = ['{contract,turn,workflows}/**/*.ts', 'package-lock.json'];
/** Other checkouts and branches use the same cache. */
const KEEP_MS = 14 * 24 * 60 * 60_000;

/**
 * The workflow code, as workers run it. Bundling takes seconds of processor time: the package holds its bundle, and a checkout
 * keeps those that it has made in a folder, each under the digest of what it was made of. Without a folder it makes one anew.
 */
export async function loadWorkflowBundle(folder: string | undefined): Promise<WorkflowBundleOption> {
  if (extension === 'js') return existsSync(packagedBundle) ? { codePath: packagedBundle } : bundleWorkflows();
  if (folder === undefined) return bundleWorkflows();
  const path = join(folder, `${await digestOfSources()}.js`);
  const kept = await readFile(path, 'utf8').catch(() => ''); // not made yet, or just removed
  // A machine that lost power can leave a file without its content.
  if (kept !== '') return { code: kept };
  const { code } = await bundleWorkflows();
  // A file that changed meanwhile may be in the bundle or not.
  if (path.endsWith(`${await digestOfSources()}.js`)) await keep(path, code).catch(() => undefined); // the next start makes it again
  return { code };
}

export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  const workflowsPath = toPath('index');
  // Loaded once for all turns, and frozen: no module of ours keeps state. The first one runs before globals are frozen.
  const preloadModules = [toPath('stack-traces'), workflowsPath];
  const payloadConverterPath = toPath('payload-converter');
  return bundleWorkflowCode({ workflowsPath, preloadModules, payloadConverterPath, logger: quiet });
}

async function digestOfSources(): Promise<string> {
  // Where the code is stands in the bundle, for stack traces.
  const digest = createHash('sha256').update(root);
  const names = (await Array.fromAsync(glob(SOURCES, { cwd: root }))).sort();
  for (const name of [...names, join('worker', 'workflow-bundle.ts')]) {
    const content = await readFile(join(root, name));
    digest.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex');
}

/** Other processes may write the same bundle or read it at any time: it is there as a whole or not at all. */
async function keep(path: string, code: string): Promise<void> {
  const folder = join(path, '..');
  await mkdir(folder, { recursive: true });
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(part, code);
  await rename(part, path);
  const outdated = Date.now() - KEEP_MS;
  for await (const name of glob('*', { cwd: folder })) {
    const { mtimeMs } = await stat(join(folder, name));
    if (mtimeMs < outdated) await rm(join(folder, name), { force: true });
  }
}

const quiet = { log: noop, trace: noop, debug: noop, info: noop, warn: noop, error: noop };

function noop(): void {
  // Bundling reports its progress, and failures as exceptions: only these matter.
}
