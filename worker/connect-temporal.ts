import { NativeConnection, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ensureNamespace } from '../temporal/ensure-namespace.ts';
import { ensureSearchAttributes } from '../temporal/ensure-search-attributes.ts';

type Address = Pick<Config, 'namespace'> & { readonly temporal: NonNullable<Config['temporal']> };

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** The one runtime of the process: what it has to say goes to our log, and signals are ours to handle. */
export function installRuntime(logger: Logger): void {
  const log = (level: LogLevel, message: string, meta?: object): void => {
    // A process's own queue has steps and no workflows, which the SDK thinks worth a warning.
    if (message.startsWith('No workflows registered')) return;
    logger[levels[level]](meta ?? {}, message);
  };
  Runtime.install({
    logger: {
      log,
      trace: (message, meta) => log('TRACE', message, meta),
      debug: (message, meta) => log('DEBUG', message, meta),
      info: (message, meta) => log('INFO', message, meta),
      warn: (message, meta) => log('WARN', message, meta),
      error: (message, meta) => log('ERROR', message, meta),
    },
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}

/** One connection for client and workers, to a server that has namespace and search attributes. */
export async function connectTemporal({ temporal, namespace }: Address): Promise<NativeConnection> {
  const connection = await connect(temporal);
  try {
    const found = [await ensureNamespace(connection, namespace), await ensureSearchAttributes(connection, namespace)];
    for (const { missing, refusal } of found) {
      if (missing.length === 0) continue;
      const why = refusal === undefined ? '' : ` and cannot be added (${refusal})`;
      throw new Error(
        `Cannot use namespace '${namespace}' of Temporal at '${temporal.address}': ${missing.join(', ')} missing${why}; ask its operator to add them, see 'legato doctor'`,
      );
    }
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connect(temporal: Address['temporal']): Promise<NativeConnection> {
  try {
    // What crosses is small, and what of it is not is deflated by us: compressing it once more costs both sides and gains nothing.
    return await NativeConnection.connect({ grpcCompression: { codec: 'none' }, ...temporal });
  } catch (error) {
    throw new Error(
      `Cannot reach Temporal at '${temporal.address}': ${firstLine(error)}; start it, or correct TEMPORAL_ADDRESS`,
      { cause: error },
    );
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
