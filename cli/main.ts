import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import type { DevOptions } from './dev.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { NewProjectOptions } from './new/new-project.ts';
import type { SayOptions } from './say.ts';
import type { ServeOptions } from './serve.ts';
import type { WorkerOptions } from './worker.ts';

// Each command imports what it needs: loading the SDK's worker takes a second, of which `say` has no use.

const { version, description } = createRequire(import.meta.url)('legato/package.json') as {
  version: string;
  description: string;
};

const AGENT = ['[agent]', 'path of the agent module; default: LEGATO_AGENT'] as const;

const program = new Command('legato').version(version).description(description);
program
  .command('new')
  .description('makes a project with an agent, its test and its replies')
  .argument('<folder>', 'a new or an empty folder; its name is that of the project')
  .option('--legato <spec>', 'the legato it depends on: a version or a packed file; default: this one')
  .action(async (folder: string, options: NewProjectOptions) =>
    (await import('./new/new-project.ts')).newProject(folder, options),
  );
program
  .command('dev')
  .description('Temporal server, worker and front end, in one terminal')
  .argument(...AGENT)
  .option('--watch', 'reload the agent when one of its files changes')
  .option('--play', 'play the speech of all turns, with aplay, afplay or ffplay')
  .action(async (agent: string | undefined, options: DevOptions) => (await import('./dev.ts')).dev(agent, options));
program
  .command('serve')
  .description('front end and worker, on the Temporal server at TEMPORAL_ADDRESS')
  .argument(...AGENT)
  .action((agent?: string) => serve({ agent, serving: true }));
program
  .command('worker')
  .description('worker only: takes over turns of processes that died')
  .argument(...AGENT)
  .addOption(new Option('--only <part>', "'tools': runs tools that name a worker, and nothing else").choices(['tools']))
  .option('--group <name>', 'with --only tools: the group to serve; may be given again; default: all', addTo)
  .action(async (agent: string | undefined, options: WorkerOptions) =>
    (await import('./worker.ts')).worker(agent, options),
  );
program
  .command('say')
  .description('runs one turn on a running server and prints its events')
  .argument('<words...>', 'what the caller says')
  .option('--url <url>', 'address of the server; default: HOST and PORT')
  .option('--conversation <id>', 'the conversation to continue or to begin')
  .option('--text', 'text only, no speech')
  .option('--play', 'play the speech, with aplay, afplay or ffplay')
  .option('--wav <file>', 'write the speech to a file')
  .option('--metadata <name=text>', 'a field of the metadata of a new conversation; may be given again', addTo)
  .option('--key <key>', 'API key; default: the first of LEGATO_API_KEYS or its file')
  .action(async (words: readonly string[], options: SayOptions) =>
    (await import('./say.ts')).say(words.join(' '), options),
  );
program
  .command('doctor')
  .description('shows what dev would use and what is missing; its exit code is 1 if turns cannot run')
  .argument(...AGENT)
  .option('--json', 'as JSON, for programs')
  .action(async (agent: string | undefined, options: DoctorOptions) =>
    (await import('./doctor/doctor.ts')).doctor(agent, options),
  );

// A reader of the output, such as `head`, may leave before its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  const message = `${error instanceof Error ? error.message : String(error)}\n`;
  // Whatever is still open: a connection that was never made may leave a handle behind.
  process.stderr.write(message, () => process.exit(1));
}

async function serve(options: ServeOptions): Promise<void> {
  await (await import('./serve.ts')).serve(options);
}

function addTo(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
