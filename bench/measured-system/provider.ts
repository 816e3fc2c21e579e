// The scripted server as a process of its own, with the replies of the module in its argument: prints its base URL as one line,
// and ends with the process that forked it.
import type { Delays, ScriptRule } from '../../providers/scripted/script.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';

interface Replies {
  readonly rules: readonly ScriptRule[];
  /** For rules without delays of their own. */
  readonly DELAYS?: Delays;
}

const [module = ''] = process.argv.slice(2);
const { rules, DELAYS = {} } = (await import(module)) as Replies;
const server = await startScriptedServer({ rules, delays: DELAYS, speech: 'tone' });
process.stdout.write(`${server.url}\n`);
process.once('disconnect', () => void server.stop().then(() => process.exit(0)));
