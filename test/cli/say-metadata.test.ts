import assert from 'node:assert/strict';
import { test } from 'node:test';
import { say } from '../../cli/say.ts';

test('say: metadata that is no name with a text is refused before a server is asked', async () => {
  for (const metadata of [['tenant'], ['=mill']]) {
    await assert.rejects(say('Hello', { metadata }), /^Error: '--metadata' needs <name>=<text>, e\.g\. tenant=mill$/);
  }
});
