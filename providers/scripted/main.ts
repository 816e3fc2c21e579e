// The scripted server as a process of its own: prints its base URL as one line, and ends with the process that forked it.
import { parseArgs } from 'node:util';
import { ordersRules } from './orders/orders-script.ts';
import { NO_DELAYS } from './script.ts';
import { type ScriptedServerOptions, startScriptedServer } from './server.ts';

const USAGE =
  'main.ts [port] [--speech espeak|tone] [--first-token-ms n] [--token-ms n] [--voice-first-ms n] [--voice-chunk-ms n]';
const HIGHEST_PORT = 65_535;

try {
  const server = await startScriptedServer(readOptions());
  process.stdout.write(`${server.url}\n`);
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) {
    process.once(event, () => void server.stop().then(() => process.exit(0)));
  }
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot start the scripted server: ${why}\n`);
  process.exitCode = 1;
}

function readOptions(): ScriptedServerOptions {
  const delay = { type: 'string', default: '0' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      speech: { type: 'string', default: 'espeak' },
      'first-token-ms': delay,
      'token-ms': delay,
      'voice-first-ms': delay,
      'voice-chunk-ms': delay,
    },
  });
  if (values.speech !== 'espeak' && values.speech !== 'tone')
    throw new Error(`speech '${values.speech}' is unknown; usage: ${USAGE}`);
  const port = toNumber(positionals[0] ?? '0', 'port');
  if (port > HIGHEST_PORT) throw new Error(`port '${port}' is above ${HIGHEST_PORT}`);
  return {
    port,
    speech: values.speech,
    rules: ordersRules,
    delays: {
      ...NO_DELAYS,
      firstTokenMs: toNumber(values['first-token-ms'], 'first-token-ms'),
      tokenMs: toNumber(values['token-ms'], 'token-ms'),
      voiceFirstMs: toNumber(values['voice-first-ms'], 'voice-first-ms'),
      voiceChunkMs: toNumber(values['voice-chunk-ms'], 'voice-chunk-ms'),
    },
  };
}

function toNumber(text: string, name: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${name} '${text}' is not a whole number; usage: ${USAGE}`);
  return Number(text);
}
