import { relative } from 'node:path';
import { ABSENT, filePrint } from '../../agent/loading/file-print.ts';
import { ModuleGeneration } from '../../agent/loading/module-generation.ts';
import { AgentInUse } from './agent-in-use.ts';
import { type KitSetting, loadOf, openKit } from './agent-kit.ts';
import { type WatchedFiles, watchFiles } from './watch-files.ts';

const MAX_NAMES = 3;

/** The agent as its files are now; with `watch` it is reloaded whenever one of them changes, until it is disposed of. */
export async function openAgent(setting: KitSetting, watch: boolean): Promise<AgentInUse> {
  if (!watch) return new AgentInUse(openKit(setting, await loadOf(setting)));
  const generation = new ModuleGeneration(1);
  const loaded = await loadOf(setting, generation);
  generation.readAhead();
  return new ReloadedAgent(setting, openKit(setting, loaded, { generation }), generation);
}

class ReloadedAgent extends AgentInUse {
  readonly #setting: KitSetting;
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  #generations = 1;

  constructor(setting: KitSetting, kit: AgentInUse['newest'], { files }: ModuleGeneration) {
    super(kit);
    this.#setting = setting;
    const reload = (changed: readonly string[], now: WatchedFiles) => this.#reload(changed, now);
    this.#watching = watchFiles(files, reload, this.#stop.signal);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await super[Symbol.asyncDispose]();
  }

  /** Returns the files to watch from now on. */
  async #reload(changed: readonly string[], now: WatchedFiles): Promise<WatchedFiles> {
    const { logger } = this.#setting;
    const startedMs = performance.now();
    const generation = new ModuleGeneration((this.#generations += 1));
    try {
      const left = await this.#load(generation);
      const tookMs = Math.round(performance.now() - startedMs);
      const open = left === 0 ? '' : `; ${left} open ${left === 1 ? 'turn keeps' : 'turns keep'} the code before`;
      logger.info(`Reloaded in ${tookMs} ms: ${namesOf(changed)} changed${open}`);
      return generation.files;
    } catch (error) {
      generation.end();
      logger.error(`${namesOf(changed)} changed, and the agent goes on as it was. ${messageOf(error)}`);
      // What mends it may be a file that the loading did not get to.
      return new Map([...now, ...generation.files]);
    }
  }

  async #load(generation: ModuleGeneration): Promise<number> {
    const loaded = await loadOf(this.#setting, generation);
    generation.readAhead();
    const { agent: before } = this.newest;
    if (loaded.agent.name !== before.name) throw new Error(renamed(before.name, loaded.agent.name));
    return this.use(openKit(this.#setting, loaded, { generation, before: this.newest }));
  }
}

/** Its queue, its conversations and those who post turns know it by its name. */
function renamed(before: string, now: string): string {
  return `The agent's name is now '${now}', which a running process cannot take over from '${before}'; restart 'legato dev'`;
}

function namesOf(paths: readonly string[]): string {
  const names = paths.slice(0, MAX_NAMES).map((path) => {
    const name = relative(process.cwd(), path);
    return filePrint(path) === ABSENT ? `${name} (removed)` : name;
  });
  return [...names, ...(paths.length > MAX_NAMES ? [`${paths.length - MAX_NAMES} more`] : [])].join(', ');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
