#!/usr/bin/env node
// The command's first file, in syntax that old versions of Node can read: nothing else is imported before the version is checked.
const needed = 24;
const version = process.versions.node;
if (Number(version.split('.')[0]) >= needed) {
  void import('./main.ts');
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
