import type { Logger } from 'pino';
import { ABSENT } from '../../agent/loading/file-print.ts';
import type { Access } from '../../server/access/access.ts';
import { type AccessConfig, secretFaults } from '../../server/access/access-variables.ts';
import type { ApiKey } from '../../server/access/api-key.ts';
import { readKeysFileAgain } from '../../server/access/keys-file.ts';
import { type WatchedFiles, watchFiles } from './watch-files.ts';

interface KeysSetting {
  readonly config: Pick<AccessConfig, 'apiKeys' | 'apiKeysFile' | 'tokenSecret'>;
  readonly access: Pick<Access, 'replaceKeys'>;
  readonly logger: Logger;
}

/** No print: it may have changed since it was read at the start. */
const NOT_LOOKED_AT = '';

/**
 * Has keys that are added to the keys file, or withdrawn in it, count without a restart, until it is disposed of. A file that
 * is faulty or gone changes nothing: the keys before stay in use.
 */
export class ReloadedKeys implements AsyncDisposable {
  readonly #setting: KeysSetting;
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  #keys: readonly ApiKey[];
  #wasFaulty = false;

  constructor(setting: KeysSetting) {
    const { apiKeys, apiKeysFile: path } = setting.config;
    this.#setting = setting;
    this.#keys = apiKeys;
    const files: WatchedFiles = new Map(path === undefined ? [] : [[path, NOT_LOOKED_AT]]);
    this.#watching = path === undefined ? Promise.resolve() : this.#watch(path, files);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  #watch(path: string, files: WatchedFiles): Promise<void> {
    const reload = async (_: readonly string[], now: WatchedFiles): Promise<WatchedFiles> => {
      // What is no file any more may be a pipe, and reading it might never end.
      if (now.get(path) === ABSENT) this.#keep(`LEGATO_API_KEYS_FILE '${path}' is gone; put it back`);
      else await this.#read(path);
      return now;
    };
    return watchFiles(files, reload, this.#stop.signal);
  }

  async #read(path: string): Promise<void> {
    const { access, logger, config } = this.#setting;
    const { keys, faults: ofFile } = await readKeysFileAgain(path);
    const faults = [...ofFile, ...secretFaults(path, keys, config.tokenSecret)];
    if (faults.length > 0) return this.#keep(faults.join('; '));
    const changes = changesOf(this.#keys, keys);
    if (changes.length === 0 && !this.#wasFaulty) return;
    await access.replaceKeys(keys);
    this.#keys = keys;
    this.#wasFaulty = false;
    logger.info(`LEGATO_API_KEYS_FILE '${path}' was read again: ${changes.join(', ') || 'its keys are as before'}`);
  }

  #keep(why: string): void {
    this.#wasFaulty = true;
    this.#setting.logger.error(`The keys stay as they were: ${why}`);
  }
}

/** By name. The order counts too: the secret of tokens may be derived from the first key. */
function changesOf(before: readonly ApiKey[], now: readonly ApiKey[]): string[] {
  const known = new Map(before.map((key) => [key.name, key]));
  const left = new Set(now.map(({ name }) => name));
  const changes = [
    ...now.flatMap((key) => changeOf(known.get(key.name), key)),
    ...before.filter(({ name }) => !left.has(name)).map(({ name }) => `'${name}' was withdrawn`),
  ];
  const isReordered = before.some(({ name }, index) => name !== now[index]?.name);
  return changes.length === 0 && isReordered ? ['their order has changed'] : changes;
}

function changeOf(before: ApiKey | undefined, now: ApiKey): string[] {
  if (!before) return [`'${now.name}' was added`];
  return JSON.stringify(before) === JSON.stringify(now) ? [] : [`'${now.name}' has changed`];
}
