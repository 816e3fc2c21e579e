import { randomBytes } from 'node:crypto';

type Environment = Readonly<Record<string, string | undefined>>;

interface Given {
  /** Of the process that tests. */
  readonly tester: Environment;
  /** Where the script is served. */
  readonly modelUrl: string;
  /** Counts over all else. */
  readonly own?: Environment;
}

/** For processes of the agent: the tester's environment, without what would reach their callers or another model or voice. */
export function agentEnvironment({ tester, modelUrl, own }: Given): Environment {
  return {
    ...tester,
    ...{ PORT: '0', HOST: '127.0.0.1', LEGATO_API_KEYS: '', LEGATO_LOG_LEVEL: 'error' },
    ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: modelUrl },
    // For secret metadata, which is to be read no longer than the test runs.
    LEGATO_PAYLOAD_KEYS: tester['LEGATO_PAYLOAD_KEYS'] || `test:${randomBytes(32).toString('base64')}`,
    ...{ LEGATO_VOICE_API_KEY: '', LEGATO_VOICE_BASE_URL: '', LEGATO_VOICE_MODEL: '' },
    ...{ LEGATO_FALLBACK_VOICE_API_KEY: '', LEGATO_FALLBACK_VOICE_BASE_URL: '', LEGATO_FALLBACK_VOICE_MODEL: '' },
    ...own,
  };
}
