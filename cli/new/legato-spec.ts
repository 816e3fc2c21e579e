import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** What a project's package.json says about legato, and the packed file that the project then holds. */
export interface LegatoSpec {
  readonly spec: string;
  /** Path of the file to copy into the project. */
  readonly file?: string;
}

interface Installed {
  /** Folder of the legato that makes the project. */
  readonly root: string;
  readonly version: string;
}

/**
 * What the project depends on: what was `asked` for, or else the version that makes it. One that was installed from a packed
 * file gives that file on, so that a project can be made before the version is published.
 * @throws Error with what to do
 */
export function findLegatoSpec(asked: string | undefined, { root, version }: Installed): LegatoSpec {
  if (asked !== undefined) return toSpec(asked);
  const modules = dirname(root);
  if (basename(modules) !== 'node_modules') {
    throw new Error(
      `Cannot tell which legato the project is to install: this one runs from '${root}'; run 'npm pack' there, and give the packed file: --legato path/to/legato-${version}.tgz`,
    );
  }
  const packed = packedFileOf(modules);
  return packed === undefined ? { spec: `^${version}` } : toSpec(packed);
}

/** From npm's own record of what it has installed, also for `npx`. */
function packedFileOf(modules: string): string | undefined {
  const record = resolve(modules, '.package-lock.json');
  if (!existsSync(record)) return undefined;
  const { packages = {} } = JSON.parse(readFileSync(record, 'utf8')) as {
    readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
  };
  const { resolved = '' } = packages['node_modules/legato'] ?? {};
  return /^file:.*\.tgz$/.test(resolved) ? resolve(dirname(modules), resolved.slice('file:'.length)) : undefined;
}

function toSpec(asked: string): LegatoSpec {
  if (!/\.(tgz|tar\.gz)$/.test(asked) || /^https?:/.test(asked)) return { spec: asked };
  const file = resolve(asked.replace(/^file:/, ''));
  if (!existsSync(file))
    throw new Error(`There is no packed legato '${file}'; give its path: --legato path/to/file.tgz`);
  return { spec: `file:${basename(file)}`, file };
}
