// Legato as `legato serve` runs it, whose stream is watched where it publishes. With or without run-ahead: `LEGATO_RUN_AHEAD`.
import { readConfig } from '../../config.ts';
import { createLogger } from '../../ops/logger.ts';
import { MemoryStream } from '../../stream/memory.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { startSystem } from '../../worker/system.ts';
import { mark, reportServing } from './marks.ts';
import { readKey } from './script.ts';

const keys = new Map<string, string>();
const publish = Reflect.get(MemoryStream.prototype, 'publish');
MemoryStream.prototype.publish = function watched(by, event) {
  publish.call(this, by, event);
  watch(by.turnId, event);
};

const config = readConfig();
const { temporal } = config;
if (!temporal) throw new Error('TEMPORAL_ADDRESS is missing; start this by the command of bench/README.md');
const logger = createLogger();
logger.level = 'error'; // turns that are refused under load are counted by who posts them
const system = await startSystem({ config: { ...config, temporal }, logger, serving: true });
reportServing(system.url ?? '', () => system.stop());

function watch(turnId: string, event: NewEvent): void {
  if (event.type === 'turn.started') keys.set(turnId, readKey(event.input?.text ?? '')?.key ?? '');
  const key = keys.get(turnId);
  if (key === undefined) return;
  if (event.type === 'speech.audio') mark(key, 'audio');
  if (event.type === 'speech.cut') mark(key, 'silent');
  if (event.type === 'turn.finished') {
    keys.delete(turnId);
    mark(key, event.outcome === 'answered' || event.outcome === 'interrupted' ? 'finished' : 'failed');
  }
}
