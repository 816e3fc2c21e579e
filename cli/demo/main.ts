// `npm run demo`: the whole system on free ports, and a conversation over HTTP, printed as it happens.
// It checks itself: if a turn does not end as it should, it prints one sentence and exits with code 1.
import { createLegatoClient } from 'legato/client';
import { startDemoSystem } from './demo-system.ts';
import { holdTurn } from './hold-turn.ts';
import { faultOf, faultOfRefunds, scenes } from './scenes.ts';
import { show, showHeading } from './show-turn.ts';

try {
  await demo();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function demo(): Promise<void> {
  await using system = await startDemoSystem();
  const { url, lines, dataDir, shop, temporal } = system;
  for (const line of lines) show(line);
  const client = createLegatoClient({ baseUrl: url });
  const { id: conversationId } = await client.createConversation();
  const stage = { client, conversationId, dataDir, shop, temporal, signal: stopSignal() };
  for (const [index, scene] of scenes.entries()) {
    const number = index + 1;
    showHeading(`Turn ${number} of ${scenes.length}: ${scene.title}`);
    const { turn, refunds } = await holdTurn(scene, number, stage);
    const fault = faultOf(scene, turn) ?? faultOfRefunds(scene, refunds);
    if (fault !== undefined)
      throw new Error(`The demo failed in turn ${number}: ${fault}; 'npm run legato -- doctor' may say why`);
  }
}

/** Aborted by the first signal, so that the system stops in order; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.once(name, () => stopping.abort(new Error('The demo was stopped before its end')));
  }
  return stopping.signal;
}
