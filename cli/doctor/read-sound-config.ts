import { type Config, ConfigError, processEnvironment, readConfig } from '../../config.ts';

export interface SoundConfig {
  /** As if the variables with faults were not set. */
  readonly config: Config;
  /** One sentence each. */
  readonly faults: readonly string[];
}

type Environment = Config['environment'];
type Reading = Parameters<typeof readConfig>[1];

/** The configuration as far as it can be read. `reading`: as `readConfig` takes it. */
export function readSoundConfig(environment: Environment = processEnvironment, reading?: Reading): SoundConfig {
  try {
    return { config: readConfig(environment, reading), faults: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { faults } = error;
    return { config: readWithout(faults, environment, reading), faults };
  }
}

/** Each fault begins with the name of its variable. Without that one another may be wrong, which is then left out too. */
function readWithout(faults: readonly string[], environment: Environment, reading?: Reading): Config {
  const names = faults.map((fault) => /^\w+/.exec(fault)?.[0] ?? '');
  const isSound = (name: string): boolean =>
    !names.some((faulty) => (faulty === 'TEMPORAL_' ? name.startsWith(faulty) : name === faulty));
  const set = Object.entries(environment);
  const sound = Object.fromEntries(set.filter(([name]) => isSound(name)));
  try {
    return { ...readConfig(sound, reading), environment };
  } catch (error) {
    if (!(error instanceof ConfigError) || Object.keys(sound).length === set.length) throw error;
    return readWithout([...faults, ...error.faults], sound, reading);
  }
}
