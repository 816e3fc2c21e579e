// Installs the Python tools into a folder of the cache. Where Python or its registry is missing it says so, and the tests are skipped.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { exec, installedMark, python, pythonFolder, requirements } from './tools.ts';

const CHECK = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';

async function findPython(): Promise<string | undefined> {
  for (const name of ['python3', 'python']) {
    const isFit = await exec(name, ['-c', CHECK]).then(
      () => true,
      () => false, // Missing or too old: there may be another.
    );
    if (isFit) return name;
  }
  return undefined;
}

async function install(system: string): Promise<void> {
  rmSync(pythonFolder, { recursive: true, force: true });
  await exec(system, ['-m', 'venv', pythonFolder]);
  // All packages are pinned, those that others need too; the formatter that the generator wants to run is left out.
  const args = ['install', '--quiet', '--no-deps', '--disable-pip-version-check', '--retries', '1', '-r', requirements];
  await exec(python, ['-m', 'pip', ...args]);
  writeFileSync(installedMark, '');
}

if (!existsSync(installedMark)) {
  const system = await findPython();
  try {
    if (system === undefined) console.warn('There is no Python 3.11 or newer; tests that need its tools are skipped');
    else await install(system);
  } catch (error) {
    console.warn('The Python tools cannot be installed; tests that need them are skipped', error);
  }
}
