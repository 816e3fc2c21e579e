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
  process.stderr.write(
    'Legato needs Node ' +
      needed +
      ' or newer, and this is Node ' +
      version +
      '; install a newer one: https://nodejs.org\n',
  );
  process.exitCode = 1;
}
export {};
