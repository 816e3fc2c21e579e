import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectNameFault } from '../../../cli/new/project-name.ts';

const dependencies = ['legato', 'zod'];

test('legato new: names that npm takes are taken', () => {
  const names = ['my-agent', 'agent2', '4th.agent_of-mine', 'a'.repeat(214)];
  assert.deepEqual(
    names.map((name) => projectNameFault(name, dependencies)),
    names.map(() => undefined),
  );
});

const refused: [name: string, fault: RegExp][] = [
  ['My-Agent', /^npm takes lower-case letters, .*; call it 'my-agent'$/],
  ['My Agent!', /^npm takes lower-case letters, digits.*; call it 'my-agent'$/],
  ['!', /^npm takes lower-case letters, digits.* first$/],
  ['.agent', /^npm takes lower-case letters, digits/],
  ['_agent', /^npm takes lower-case letters, digits/],
  ['agent!', /^npm takes lower-case letters, digits/],
  ['agént', /^npm takes lower-case letters, digits.*; call it 'agent'$/],
  ['a'.repeat(215), /^it has 215 characters, and npm takes at most 214$/],
  ['node_modules', /^npm keeps this name for itself$/],
  ['http', /^a module of Node has this name$/],
  ['zod', /^the project depends on a package of this name$/],
];
for (const [name, fault] of refused) {
  test(`legato new: the name '${name.slice(0, 20)}' is refused with the reason`, () => {
    assert.match(projectNameFault(name, dependencies) ?? 'none', fault);
  });
}
