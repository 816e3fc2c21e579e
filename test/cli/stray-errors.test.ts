import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient } from 'legato/client';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';

const TOOLS = ['floating', 'timer', 'emitter', 'listener', 'refusal', 'threaded'];

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly tool?: string;
  readonly turn?: string;
  readonly err?: { readonly message: string; readonly stack: string };
}

async function startCareless(env: Record<string, string> = {}) {
  const scripted = await startScriptedServer({
    speech: 'tone',
    rules: [
      { when: { afterTool: true }, reply: { text: 'That is done.' } },
      ...[...TOOLS, 'holding', 'leaving'].map((name) => ({
        when: { user: name },
        reply: { calls: [{ name, arguments: {} }] },
      })),
    ],
  });
  const serving = await startServing({
    LEGATO_AGENT: fileURLToPath(new URL('careless-agent.ts', import.meta.url)),
    FIXTURE_AGENT: `careless-${randomUUID().slice(0, 8)}`,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: scripted.url,
    ...env,
  });
  return {
    serving,
    legato: createLegatoClient({ baseUrl: serving.url }),
    [Symbol.asyncDispose]: async () => {
      await serving.kill();
      await scripted.stop();
    },
  };
}

test('stray errors: those of tools are logged with their names and counted, and the process answers its turns', async () => {
  await using careless = await startCareless();
  const { serving, legato } = careless;
  const { id: conversation } = await legato.createConversation();
  for (const name of TOOLS) {
    const turn = await legato.startTurn(conversation, { text: `Use ${name}`, modality: 'text' });
    assert.equal((await legato.result(turn.id)).outcome, 'answered');
    const line = await serving.loggedLine<Line>(({ msg }) => msg.startsWith(`Tool '${name}' left an error behind`));
    assert.equal(line.tool, name);
    assert.equal(line.turn, turn.id);
    // Hidden where the turn was over by then: nobody knows any more what was said in it.
    assert.ok([`${name} error`, '[hidden]'].includes(line.err?.message ?? ''));
    assert.match(line.err?.stack ?? '', /careless-agent\.ts/);
  }
  const metrics = await (await fetch(`${serving.url}/metrics`)).text();
  for (const name of TOOLS)
    assert.match(metrics, new RegExp(`^legato_tool_stray_errors_total{tool="${name}"} 1$`, 'm'));
  assert.equal(await serving.stop(), 0);
});

test('event loop: a tool that holds it is logged with its name, the time and what to do, and counted', async () => {
  await using careless = await startCareless();
  const { serving, legato } = careless;
  const { id: conversation } = await legato.createConversation();
  const turn = await legato.startTurn(conversation, { text: 'holding', modality: 'text' });
  const line = await serving.loggedLine<Line>(({ msg }) => msg.startsWith("Tool 'holding' held"));
  assert.match(line.msg, /^Tool 'holding' held the event loop for [\d,]{3,} ms; give it `thread: true`$/);
  assert.equal(line.turn, turn.id);
  assert.equal((await legato.result(turn.id)).outcome, 'answered');
  const metrics = await (await fetch(`${serving.url}/metrics`)).text();
  assert.match(metrics, /^legato_event_loop_held_seconds_count\{tool="holding"\} 1$/m);
});

test('stray errors: one that belongs to no tool is logged, and stops the process once its open turn has ended', async () => {
  const preload = new URL('throw-on-signal.ts', import.meta.url).href;
  await using careless = await startCareless({ NODE_OPTIONS: `--import=${preload}` });
  const { serving, legato } = careless;
  const { id: conversation } = await legato.createConversation();
  const turn = await legato.startTurn(conversation, { text: 'Hello' });
  const events = Array.fromAsync(legato.events(turn.id));
  const exited = serving.end('SIGUSR2');
  const line = await serving.loggedLine<Line>(({ level }) => level === 60);
  assert.match(line.msg, /^Nobody caught an error in Legato; the process stops/);
  assert.equal(line.err?.message, 'a bug');
  assert.match(line.err?.stack ?? '', /throw-on-signal\.ts/);
  const last = (await events).at(-1);
  assert.equal(last?.type === 'turn.finished' && last.outcome, 'answered');
  assert.equal(await exited, 1);
});

test('process: a tool that ends it is logged with its name', async () => {
  await using careless = await startCareless();
  const { serving, legato } = careless;
  const { id: conversation } = await legato.createConversation();
  // The process may be gone before it has answered.
  const posted = legato.startTurn(conversation, { text: 'leaving', modality: 'text' }).catch(() => undefined);
  const line = await serving.loggedLine<Line>(({ msg }) => msg.includes('ended the process'));
  assert.equal(line.msg, "Tool 'leaving' ended the process by process.exit(3); throw an error instead");
  assert.deepEqual([line.level, line.tool], [60, 'leaving']);
  await posted;
});
