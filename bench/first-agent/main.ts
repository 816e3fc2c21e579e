// From an empty folder and the packed file to the first answer of one's own agent, without a key: five commands, each with its
// time. Needs a registry, and a Temporal server that is built or on the path. Prints figures, asserts nothing. With `--cold` npm
// begins with an empty cache, so that what it downloads counts too.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

const PORT = '8797';
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'legato-first-agent-'));
const project = join(folder, 'my-agent');
// As at a prompt, where no checkout is on the path.
const searchPath = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
const env = {
  ...process.env,
  ...{ PATH: searchPath.join(delimiter), PORT, npm_config_loglevel: 'error' },
  ...(process.argv.includes('--cold') && { npm_config_cache: join(folder, 'npm-cache') }),
  ...{ OPENAI_API_KEY: '', OPENAI_BASE_URL: '', LEGATO_AGENT: '', LEGATO_REPLIES: '' },
};

let totalMs = 0;

/** Processor time of commands that have ended, in s, where the system tells. */
function spentSeconds(): number {
  if (!existsSync('/proc/self/stat')) return 0;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [user = 0, system = 0] = fields.slice(13, 15).map(Number);
  return (user + system) / 100;
}

function print(command: string, seconds: number, since: number): void {
  const spent = (spentSeconds() - since).toFixed(1);
  console.log(`${command.padEnd(50)} ${seconds.toFixed(1).padStart(6)} s ${spent.padStart(6)} s of processor time`);
}

async function timed(command: string, run: () => unknown): Promise<void> {
  const startedMs = performance.now();
  const spent = spentSeconds();
  await run();
  const tookMs = performance.now() - startedMs;
  totalMs += tookMs;
  print(command, tookMs / 1_000, spent);
}

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
console.log(
  `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, node ${run('node', ['--version'], folder)}`,
);
const spentBefore = spentSeconds();
try {
  await timed('npx ./legato-0.1.0.tgz new my-agent', () =>
    run('npx', ['--yes', './legato-0.1.0.tgz', 'new', 'my-agent'], folder),
  );
  await timed('cd my-agent', () => undefined);
  await timed('npm install', () => run('npm', ['install'], project));
  const dev = spawn('npx', ['legato', 'dev'], {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await timed('npx legato dev', async () => {
    for await (const line of createInterface({ input: dev.stdout })) if (line.startsWith('Temporal ')) return;
  });
  let answer = '';
  await timed('npx legato say "Is ticket 1042 ready?"', () => {
    answer = run('npx', ['legato', 'say', '--text', 'Is ticket 1042 ready?'], project);
  });
  // The group: npx and the command.
  if (dev.pid !== undefined) process.kill(-dev.pid, 'SIGTERM');
  await once(dev, 'exit');
  print('in all (processor time without npx legato dev)', totalMs / 1_000, spentBefore);
  console.log(`\n${answer}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
