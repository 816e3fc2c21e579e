#!/usr/bin/env node
// The command's first file, in syntax that old versions of Node can read: nothing else is imported before the version is checked.
const needed = 24;
const version = process.versions.node;
/** A project brings its own Node: one can be made with this. */
const neededForNew = 20;
const major = Number(version.split('.')[0]);
if (major >= needed) {
  void import('./main.ts');
} else if (major >= neededForNew && process.argv[2] === 'new') {
  void import('./new/run-new.ts');
} else {
  void import('node:fs').then(({ existsSync }) => {
    const advice = existsSync('node_modules/node')
      ? 'run it by npx, which uses the newer one of this project: npx legato ' + process.argv.slice(2).join(' ')
      : 'install a newer one: https://nodejs.org';
    process.stderr.write(
      'Legato needs Node ' + needed + ' or newer, and this is Node ' + version + '; ' + advice + '\n',
    );
    process.exitCode = 1;
  });
}
export {};
