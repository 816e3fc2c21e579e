// `legato new` on a version of Node that is too old for everything else.
import { parseArgs } from 'node:util';
import { newProject } from './new-project.ts';

const USAGE =
  "usage: 'legato new <folder>', with '--legato <version or packed file>' where the project needs another one";

try {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { legato: { type: 'string' } },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) throw new Error(`Name one folder; ${USAGE}`);
  newProject(folder, values);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
