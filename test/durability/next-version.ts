import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { WorkflowBundle } from '../workflow-bundle.ts';

/** A copy of the code in a folder of its own, with the workflow code of a later release. */
export interface NextVersion extends AsyncDisposable {
  /** Of the `legato` command. */
  readonly main: string;
  /** The agent of `test/durability/agent.ts`, with the `legato` of this copy. */
  readonly agent: string;
  readonly bundle: () => Promise<WorkflowBundle>;
}

/** The patches of the next version: a turn waits at its begin and at its end, a conversation when it was told something. */
export const nextPatches = { begin: 'next-begin', end: 'next-end', told: 'next-told' } as const;

const root = join(import.meta.dirname, '../..');
const NOT_COPIED = new Set(['.git', '.legato', 'bench', 'dist', 'docs', 'examples', 'node_modules', 'test']);

interface Edit {
  readonly file: string;
  readonly was: string;
  readonly is: string;
}

const waits = (patch: string): string => `if (isPatched('${patch}')) await sleep('1 millisecond');`;
const importing = (file: string): Edit => ({
  file,
  was: "import { isPatched } from './patches.ts';",
  is: "import { isPatched } from './patches.ts';\nimport { sleep } from '@temporalio/workflow';",
});
const inserting = (file: string, before: string, patch: string): Edit => ({
  file,
  was: before,
  is: `${waits(patch)}\n${before}`,
});

function editsOf(isWritten: boolean): readonly Edit[] {
  const row = { change: 'It waits.', since: '0.2.0', isWritten, removableIn: '1.0.0' };
  const rows = Object.fromEntries(Object.values(nextPatches).map((id) => [id, row]));
  const end = '} as const satisfies Record<string, Patch>;';
  return [
    { file: 'patches.ts', was: end, is: `...${JSON.stringify(rows)},\n${end}` },
    importing('turn.ts'),
    inserting('turn.ts', 'const played = playing.play();', nextPatches.begin),
    inserting('turn.ts', 'markOutcome(outcome, playing);', nextPatches.end),
    importing('conversation.ts'),
    inserting('conversation.ts', 'if (workflowInfo().continueAsNewSuggested', nextPatches.told),
  ];
}

/** The release after this one knows its patches and holds them back; the release after that writes them. */
export async function createNextVersion({ isWritten }: { readonly isWritten: boolean }): Promise<NextVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-next-'));
  await cp(root, folder, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) || source === root });
  await cp(join(import.meta.dirname, 'agent.ts'), join(folder, 'next-agent.ts'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const edit of editsOf(isWritten)) await apply(edit, folder);
  return {
    main: join(folder, 'cli/main.ts'),
    agent: join(folder, 'next-agent.ts'),
    bundle: async () => {
      const workers = (await import(join(folder, 'worker/workflow-bundle.ts'))) as {
        bundleWorkflows: NextVersion['bundle'];
      };
      return workers.bundleWorkflows();
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function apply({ file, was, is }: Edit, folder: string): Promise<void> {
  const path = join(folder, 'workflows', file);
  const source = await readFile(path, 'utf8');
  const [, ...rest] = source.split(was);
  if (rest.length !== 1)
    throw new Error(`Cannot make the next version: 'workflows/${file}' has '${was}' ${rest.length} times, not once`);
  await writeFile(
    path,
    source.replace(was, () => is),
  );
}
