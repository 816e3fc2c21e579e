// The scripted server with the bench's replies, as a process of its own: prints its base URL as one line, and ends with the
// process that forked it.
import { startScriptedServer } from '../providers/scripted/server.ts';
import { rules } from './replies.ts';

const server = await startScriptedServer({ rules, speech: 'tone' });
process.stdout.write(`${server.url}\n`);
process.once('disconnect', () => void server.stop().then(() => process.exit(0)));
