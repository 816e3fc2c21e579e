// Legato as `legato serve` runs it, with a watch on what its stream publishes. `LEGATO_RUN_AHEAD` switches run-ahead.
import { readConfig } from '../../../config.ts';
import { createLogger } from '../../../cli/logger.ts';
import { MemoryStream } from '../../../stream/memory.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { startSystem } from '../../../worker/system.ts';
import { mark, markFrame, reportServing } from '../marks.ts';
import { readKey } from '../script.ts';

const turns = new Map<string, { readonly key: string; hasFrames: boolean }>();
const publish = Reflect.get(MemoryStream.prototype, 'publish');
MemoryStream.prototype.publish = function watched(by, event) {
  publish.call(this, by, event);
  watch(by.turnId, event);
};

const config = readConfig();
const { temporal } = config;
if (!temporal) throw new Error('TEMPORAL_ADDRESS is missing; start this by the command of bench/README.md');
const logger = createLogger({ level: 'error', form: 'json' }); // the callers count the turns that are refused under load
const system = await startSystem({ config: { ...config, temporal }, logger, serving: true });
reportServing(system.url ?? '', () => system.stop());

function watch(turnId: string, event: NewEvent): void {
  if (event.type === 'turn.started')
    turns.set(turnId, { key: readKey(event.input?.text ?? '')?.key ?? '', hasFrames: false });
  const turn = turns.get(turnId);
  if (turn === undefined) return;
  const { key } = turn;
  if (event.type === 'speech.audio') {
    markFrame(key, !turn.hasFrames);
    turn.hasFrames = true;
  }
  if (event.type === 'speech.cut') mark(key, 'silent');
  if (event.type === 'turn.finished') {
    turns.delete(turnId);
    mark(key, event.outcome === 'answered' || event.outcome === 'interrupted' ? 'finished' : 'failed');
  }
}
