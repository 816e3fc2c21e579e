import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { createLegatoClient, type LegatoClient, LegatoError } from 'legato/client';
import { conversationWorkflowId } from '../../contract/messages.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import type { ScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';

// Each test stops a process while Temporal has work for it, and looks at what it leaves behind.

/** State of a pending workflow task that a worker was given. */
const STARTED = 2;
const AT_ONCE = 12;

let scripted: ScriptedServer;
let connection: Connection;
let client: Client;
const env: Record<string, string> = {};

before(async () => {
  scripted = await startScriptedServer({ speech: 'tone', rules: [{ reply: { text: 'Yes.' } }] });
  connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
  Object.assign(env, {
    LEGATO_AGENT: fileURLToPath(new URL('agent.ts', import.meta.url)),
    FIXTURE_AGENT: `stopped-${randomUUID().slice(0, 8)}`,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: scripted.url,
  });
});

after(async () => {
  await connection.close();
  await scripted.stop();
});

interface Begun {
  readonly conversation: string;
  readonly turn: string;
}

async function begin(legato: LegatoClient, conversation?: string): Promise<Begun> {
  const id = conversation ?? (await patiently(() => legato.createConversation())).id;
  const turn = await patiently(() => legato.startTurn(id, { text: 'Hi', modality: 'text' }));
  return { conversation: id, turn: turn.id };
}

const isProblem = (error: unknown, slug: string): boolean =>
  error instanceof LegatoError && error.problem?.type === `urn:legato:problem:${slug}`;

/** A machine that is busy with other tests may take longer than a post waits: what counts here stands in the histories. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isProblem(error, 'temporal-unreachable')) throw error;
    }
  }
}

async function followToEnd(legato: LegatoClient, { turn }: Begun): Promise<void> {
  for await (const event of legato.events(turn)) if (event.type === 'turn.finished') return;
}

/** Ids of those workflows that wait for the answer of a worker that is gone. */
async function unanswered(turns: readonly Begun[]): Promise<string[]> {
  const ids = turns.flatMap(({ conversation, turn }) => [conversationWorkflowId(conversation), turn]);
  const described = [...new Set(ids)].map((id) => client.workflow.getHandle(id).describe());
  const waiting = (await Promise.all(described)).filter(
    ({ raw }) => Number(raw.pendingWorkflowTask?.state) === STARTED,
  );
  return waiting.map(({ workflowId }) => workflowId);
}

test('stop: the workers of a process that stops answer all that Temporal gave them, and the next process goes on', async (t) => {
  let turns: readonly Begun[] = [];

  await t.test('it stops in the tick in which its turns end', async () => {
    const serving = await startServing(env);
    const legato = createLegatoClient({ baseUrl: serving.url });
    turns = await Promise.all(Array.from({ length: AT_ONCE }, () => begin(legato)));
    await Promise.all(turns.map((turn) => followToEnd(legato, turn)));
    assert.equal(await serving.stop(), 0);
    assert.deepEqual(await unanswered(turns), []);
  });

  await t.test('it stops while posts are under way: they are answered, and the turns they have begun end', async () => {
    const serving = await startServing(env);
    const legato = createLegatoClient({ baseUrl: serving.url });
    const first = Promise.withResolvers<void>();
    const posts = turns.map(async ({ conversation }) => {
      try {
        return [await begin(legato, conversation), await begin(legato).finally(first.resolve)];
      } catch (error) {
        assert.ok(isProblem(error, 'stopping'), String(error));
        return [];
      }
    });
    await first.promise;
    assert.equal(await serving.stop(), 0);
    const begun = (await Promise.all(posts)).flat();
    assert.deepEqual(await unanswered([...turns, ...begun]), []);
    for (const { turn } of begun) {
      const { status } = await client.workflow.getHandle(turn).describe();
      assert.equal(status.name, 'COMPLETED');
    }
  });
});
