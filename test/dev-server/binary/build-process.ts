// A process that builds the server: `node build-process.ts <cache folder>`. Its PATH has the Go to build with.
import { buildServer } from '../../../dev-server/binary/build-server.ts';

const [cacheDir = ''] = process.argv.slice(2);
const log = (line: string) => process.stdout.write(`${line}\n`);
const { path, version } = await buildServer({ cacheDir, environment: process.env, log });
log(`result ${path} ${version}`);
