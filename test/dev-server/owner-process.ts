// A process that owns a server: `node owner-process.ts <cache folder> [<data folder>]`. It prints the server as a line of
// JSON, and exits without stopping it when it receives anything.
import { startEmbeddedServer } from '../../dev-server/embedded-server.ts';

const [cacheDir = '', dataDir] = process.argv.slice(2);
const log = (line: string) => console.error(line);
const server = await startEmbeddedServer({
  ...{ environment: process.env, cacheDir, log },
  ...(dataDir === undefined ? {} : { dataDir }),
});
process.stdout.write(`${JSON.stringify(server)}\n`);
process.stdin.once('data', () => process.exit(0));
