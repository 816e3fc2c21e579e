// The scripted server with the replies of `graph.ts`, as a process of its own, like `provider.ts`.
import { startScriptedServer } from '../providers/scripted/server.ts';
import { DELAYS, rules } from './graph-replies.ts';

const server = await startScriptedServer({ rules, delays: DELAYS, speech: 'tone' });
process.stdout.write(`${server.url}\n`);
process.once('disconnect', () => void server.stop().then(() => process.exit(0)));
