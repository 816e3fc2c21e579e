/** What this folder needs to know from the configuration; nothing here reads the environment by itself. */
export interface ServerLookup {
  /** Variables that commands are looked up and run with: PATH, TMPDIR, HOME and what Go reads. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Folder for built servers, outside the checkout. */
  cacheDir: string;
  /** Receives one line of progress at a time. */
  log?: (line: string) => void;
}

export const defaultNamespace = 'default';

/** What a Temporal binary may see of the environment: no keys, and none of the variables that would set it up differently. */
export function serverEnvironment(environment: ServerLookup['environment']): Record<string, string | undefined> {
  const { HOME, PATH, TMPDIR, LANG, TZ } = environment;
  return { HOME, PATH, TMPDIR, LANG, TZ };
}

/** All ways to get a server, for error messages. */
export const waysOut = [
  'Do one of these:',
  '  set TEMPORAL_ADDRESS to a running Temporal server',
  '  install the Temporal CLI, so that "temporal" is on the PATH: https://docs.temporal.io/cli',
  '  install Go 1.21 or later, so that "go" is on the PATH, and run this again: https://go.dev/dl',
  '  run the whole system in containers: docker compose up',
].join('\n');
