import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LegatoError } from '../../client/index.ts';
import { explainRefusal } from '../../cli/explain-refusal.ts';
import { say } from '../../cli/say.ts';

test('say: metadata that is no name with a text is refused before a server is asked', async () => {
  for (const metadata of [['tenant'], ['=mill']]) {
    await assert.rejects(say('Hello', { metadata }), /^Error: '--metadata' needs <name>=<text>, e\.g\. tenant=mill$/);
  }
});

test('say: an address without a scheme is refused before a server is asked', async () => {
  const message = "'--url' is 'localhost:8902', but must be an http or https URL, e.g. http://127.0.0.1:8787";
  await assert.rejects(say('Hello', { url: 'localhost:8902' }), { message });
});

test('say: a server that does not answer is named, with the ways to another one', async () => {
  await assert.rejects(say('Hello', { url: 'http://127.0.0.1:1' }), {
    message:
      "No Legato server answers at 'http://127.0.0.1:1'; run 'legato dev' in another terminal, or give the server's address by '--url' or PORT",
  });
});

const branch = { field: 'metadata.branch', message: 'is missing; send it' };
const text = { field: 'input.text', message: 'is empty; fill it' };

for (const { status, kind, errors, advice } of [
  {
    status: 401,
    kind: 'unauthorized',
    advice: "The API key is missing or wrong; give it by '--key', or set LEGATO_API_KEYS",
  },
  {
    ...{ status: 400, kind: 'invalid-body', errors: [branch, { ...branch, field: 'metadata.seats' }] },
    advice: 'A conversation with this agent needs metadata; give it by --metadata branch=… --metadata seats=…',
  },
  { status: 400, kind: 'invalid-body', errors: [text], advice: 'As the server says' },
  { status: 404, kind: 'unknown-turn', advice: 'As the server says' },
]) {
  test(`say: ${kind} of ${errors?.[0]?.field ?? 'the call'} is told with the option that mends it`, () => {
    const problem = { type: `urn:legato:problem:${kind}`, title: kind, status, detail: 'As the server says' };
    const refusal = new LegatoError(new Response(null, { status }), { ...problem, ...(errors && { errors }) });
    assert.equal(explainRefusal(refusal).message, advice);
  });
}
