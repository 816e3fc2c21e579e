import { NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ensureNamespace } from '../dev-server/readiness/ensure-namespace.ts';
import { ensureSearchAttributes } from '../dev-server/readiness/ensure-search-attributes.ts';
import { createSdkLogger } from './log/sdk-log.ts';

type Address = Pick<Config, 'namespace'> & { readonly temporal: NonNullable<Config['temporal']> };

/** The one runtime of the process: it logs to our log, and we handle the signals. */
export function installRuntime(logger: Logger): void {
  Runtime.install({
    logger: createSdkLogger(logger),
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
    // Messages are small, and we deflate large ones: compressing them again would cost both sides and gain nothing.
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
