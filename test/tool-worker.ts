import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { defineAgent } from 'legato';
import type { ToolDefinition } from 'legato';
import type { ThrownElsewhere } from '../activities/run-tool.ts';
import { ConversationMetadata } from '../conversations/conversation-metadata.ts';
import { createLogger } from '../cli/logger.ts';
import { PayloadCipher, type PayloadKey } from '../record/payload-cipher.ts';
import { createToolLines } from '../worker/log/tool-lines.ts';
import { createCalls } from '../worker/step-dependencies.ts';
import { createToolWorkers } from '../worker/tools/create-tool-workers.ts';
import { LogLines } from './log-lines.ts';

export const GROUP = 'warehouse';

export interface ToolWorkerSetting {
  /** Name of the agent. */
  readonly agent: string;
  readonly tools: readonly ToolDefinition[];
  readonly metadata?: NonNullable<Parameters<typeof defineAgent>[0]['metadata']>;
  readonly payloadKeys?: readonly PayloadKey[];
  readonly graceMs?: number;
  /** Default: the server of the test run. */
  readonly temporalAddress?: string;
}

export interface RunningToolWorker extends AsyncDisposable {
  readonly thrown: readonly ThrownElsewhere[];
  readonly log: LogLines;
  readonly stop: () => Promise<void>;
}

export function newAgentName(): string {
  return `elsewhere-${randomUUID().slice(0, 8)}`;
}

/** A tools-only worker of an agent, with tools of its own; it serves the group `warehouse`. */
export async function startToolWorker(setting: ToolWorkerSetting): Promise<RunningToolWorker> {
  const { agent: name, tools, metadata, payloadKeys = [], graceMs = 0 } = setting;
  const options = { instructions: 'You help callers of a shop.', model: 'scripted', voice: 'alloy' };
  const agent = defineAgent({
    name,
    ...options,
    tools: [...tools],
    ...(metadata && { metadata }),
    deadlineMs: 600_000,
  });
  const address = setting.temporalAddress ?? process.env['TEMPORAL_ADDRESS'] ?? '';
  const connection = await NativeConnection.connect({ address });
  const log = new LogLines();
  const logger = createLogger({ level: 'info', form: 'json', to: log });
  const parts = createCalls({ agent, agentPath: '', onLogged: createToolLines(logger) });
  const { authors } = parts.calls;
  const reader = new ConversationMetadata({ agent, authors, logger, cipher: new PayloadCipher(payloadKeys) });
  const thrown: ThrownElsewhere[] = [];
  const workers = await createToolWorkers({
    ...{ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default', agent: name, groups: [GROUP], graceMs },
    calls: () => parts.calls,
    openMetadata: (conversationId, stored) => reader.open(conversationId, stored),
    onThrown: (found) => void thrown.push(found),
  });
  const running = workers.run();
  const stop = async (): Promise<void> => {
    workers.shutdown();
    await running;
  };
  return {
    ...{ thrown, log, stop },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await parts[Symbol.asyncDispose]();
      await connection.close();
    },
  };
}
