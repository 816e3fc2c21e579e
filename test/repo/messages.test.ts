import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as messages from '../../contract/messages.ts';

test('messages: every constant equals its name on the wire', () => {
  const constants = Object.entries(messages).filter(([, value]) => typeof value === 'string');
  assert.ok(constants.length > 0);
  for (const [name, value] of [...constants, ...Object.entries(messages.workflowTypes)]) assert.equal(value, name);
});

test('messages: the name of a search attribute ends in its constant', () => {
  for (const [name, value] of Object.entries(messages.searchAttributes)) {
    assert.equal(value, `Legato${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  }
});
