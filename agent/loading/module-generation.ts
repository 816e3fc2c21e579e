import { createRequire, type LoadFnOutput, type LoadHookSync, registerHooks, type ResolveHookSync } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type FilePrint, filePrint } from './file-print.ts';
import { isInPackage } from './in-package.ts';
import { findNamedFiles } from './named-files.ts';

/** A module as it was read; one that was only read ahead has no format yet. */
type ReadModule = Pick<LoadFnOutput, 'source'> & { readonly format?: LoadFnOutput['format'] };

/** What another thread needs to load the same code, whatever the files hold by then. */
export interface GenerationSnapshot {
  readonly number: number;
  /** By path. */
  readonly modules: ReadonlyMap<string, ReadModule>;
}

/** Marks the modules of a generation: `agent.ts?legato-generation=2`. */
const MARK = 'legato-generation';

/** An author imports these by name; there is one instance of them in a process. */
const own = new Set(['legato', 'legato/client', 'legato/testing'].map((name) => import.meta.resolve(name)));
const require = createRequire(import.meta.url);
const generations = new Map<number, ModuleGeneration>();
/** Files of all generations that there were. */
const known = new Set<string>();
let isHooked = false;

/**
 * The modules of an author as they are at one time: each generation has its own instances of all modules that the agent
 * imports, apart from packages and Legato itself.
 *
 * 1. Node knows a module by its URL: the URLs of a generation's modules have its number, and so do those of what they import.
 * 2. What was read is kept: a module that is imported later, or on another thread, has the code of its generation.
 * 3. Node keeps every module for as long as the process lives, also those of generations that are over.
 */
export class ModuleGeneration {
  readonly number: number;
  /** The author's files with their prints from just before they were read, also those that were looked for and are absent. */
  readonly files = new Map<string, FilePrint>();
  readonly #modules: Map<string, ReadModule>;

  /** `snapshot`: of the same generation on another thread. */
  constructor(number: number, snapshot?: GenerationSnapshot) {
    this.number = number;
    this.#modules = new Map(snapshot?.modules);
    // Node finds what is required by its path alone.
    for (const path of known) delete require.cache[path];
    generations.set(number, this);
    if (!isHooked) registerHooks({ resolve: resolveModule, load: loadModule });
    isHooked = true;
  }

  get snapshot(): GenerationSnapshot {
    return { number: this.number, modules: this.#modules };
  }

  /** The address of a file as a module of this generation. */
  urlOf(path: string): string {
    const url = pathToFileURL(path);
    url.searchParams.set(MARK, String(this.number));
    return url.href;
  }

  note(path: string): void {
    if (!this.files.has(path)) this.files.set(path, filePrint(path));
    known.add(path);
  }

  /** Reads what the modules may still import, and notes what they may read, by the paths that stand in them. */
  readAhead(): void {
    const sources = [...this.#modules].map(([path, { source }]) => ({ path, text: textOf(source) }));
    for (const { path, text } of findNamedFiles(sources)) {
      this.note(path);
      if (text !== undefined && !this.#modules.has(path)) this.#modules.set(path, { source: text });
    }
  }

  /** As it was read, or as `read` reads it now. */
  load(path: string, read: () => LoadFnOutput): LoadFnOutput {
    const { format, source } = this.#modules.get(path) ?? {};
    if (format !== undefined && source !== undefined) return { format, source, shortCircuit: true };
    this.note(path);
    const loaded = read();
    const module = source === undefined ? loaded : { ...loaded, source };
    if (module.source !== null) this.#modules.set(path, { format: module.format, source: module.source });
    return module;
  }

  /** Forgets the sources. What is still imported for the first time is read from the file. */
  end(): void {
    generations.delete(this.number);
    this.#modules.clear();
  }
}

const resolveModule: ResolveHookSync = (specifier, context, nextResolve) => {
  const { parentURL } = context;
  const generation = generationOf(parentURL);
  if (!generation) return nextResolve(specifier, context);
  const resolved = noteMissing(generation, () => nextResolve(specifier, context));
  if (!resolved.url.startsWith('file:') || own.has(resolved.url)) return resolved;
  const path = fileURLToPath(resolved.url);
  if (isInPackage(path)) return resolved;
  generation.note(path);
  return markOf(parentURL) === undefined ? resolved : { ...resolved, url: generation.urlOf(path) };
};

const loadModule: LoadHookSync = (url, context, nextLoad) => {
  const generation = generationOf(url);
  if (!generation) return nextLoad(url, context);
  return generation.load(fileURLToPath(url), () => nextLoad(url, context));
};

function textOf(source: ReadModule['source']): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source ?? new Uint8Array());
}

/** Of a module's URL. One that was required has no mark: it belongs to the newest generation that knows its file. */
function generationOf(url = ''): ModuleGeneration | undefined {
  if (generations.size === 0 || !url.startsWith('file:')) return undefined;
  const mark = markOf(url);
  if (mark !== undefined) return generations.get(mark);
  const path = fileURLToPath(url);
  return [...generations.values()].findLast(({ files }) => files.has(path));
}

function markOf(url = ''): number | undefined {
  const mark = /[?&]legato-generation=(\d+)/.exec(url)?.[1];
  return mark === undefined ? undefined : Number(mark);
}

/** A file that is absent may come. */
function noteMissing<T>(generation: ModuleGeneration, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    const { url } = error as { readonly url?: unknown };
    if (typeof url === 'string' && url.startsWith('file:')) generation.note(fileURLToPath(url));
    throw error;
  }
}
