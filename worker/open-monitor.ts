import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Access } from '../server/access/access.ts';
import { type MonitorOptions, startMonitor } from '../server/http/start-monitor.ts';
import { ReloadedKeys } from './reload/reload-keys.ts';

export interface AccessSetting {
  readonly config: Config;
  readonly logger: Logger;
}

/** Who may use what this process serves: by the keys of its configuration, as they are now. */
export function openAccess({ config, logger }: AccessSetting, stack: AsyncDisposableStack): Access {
  const { apiKeys, tokenSecret } = config;
  const access = new Access({ keys: apiKeys, ...(tokenSecret !== undefined && { tokenSecret }) });
  stack.use(new ReloadedKeys({ config, access, logger }));
  return access;
}

type MonitorParts = Pick<MonitorOptions, 'isStopping' | 'isWorkerRunning' | 'ask' | 'missing' | 'readMetrics' | 'loop'>;

/** Of a process without a front end. Its URL, or undefined where the configuration names no port for it. */
export async function openMonitor(
  setting: AccessSetting,
  stack: AsyncDisposableStack,
  parts: MonitorParts,
): Promise<string | undefined> {
  const { monitor } = setting.config;
  if (!monitor) return undefined;
  const access = openAccess(setting, stack);
  return stack.use(await startMonitor({ ...monitor, ...parts, access, logger: setting.logger })).url;
}
