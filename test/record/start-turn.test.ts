import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrontEndWorld } from '../front-end-world.ts';

test("front end: a caller's words are shown in Temporal UI as they were said, and never as links or markup", async () => {
  await using world = await createFrontEndWorld();
  const conversation = await world.newConversation();
  const { id } = await world.play(conversation, '# Hi\n[Pay here](https://evil.example) <b>now</b>');
  const description = await world.client.workflow.getHandle(id).describe();
  const shown = String.raw`\# Hi \[Pay here\](https\://evil.example) \<b\>now\</b\>`;
  assert.equal(await description.staticSummary(), shown);
  const details = (await description.staticDetails()) ?? '';
  assert.equal(details.slice(details.indexOf('\n\n')), `\n\n> ${shown}`);
});
