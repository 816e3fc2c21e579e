import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import type { ScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';
import type { ServingProcess } from '../serving-process.ts';
import type { NextVersion } from './next-version.ts';

/** One run of a tool in one of the processes. */
export interface ToolRun {
  readonly tool: string;
  /** The idempotency key of the call: turn and step. */
  readonly key: string;
}

/** An agent of its own whose processes are killed; its model, its log of tool runs and Temporal outlive them. */
export interface ServedAgent extends AsyncDisposable {
  readonly scripted: ScriptedServer;
  readonly client: Client;
  /** One more process, when it takes turns. */
  readonly start: (options?: ProcessOptions) => Promise<ServingProcess>;
  /** One more tools-only worker of the group `warehouse`, when it takes calls. */
  readonly startWorker: (options?: ProcessOptions) => Promise<ServingProcess>;
  /** Of all processes, in their order. */
  readonly runs: () => readonly ToolRun[];
}

export interface ProcessOptions {
  /** Tools write their line and never return. */
  readonly toolsHang?: boolean;
  /** Tools wait for this address to answer. */
  readonly barrier?: string;
  readonly deadlineMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: `serve`. */
  readonly command?: 'serve' | 'dev';
  /** Default: this one. */
  readonly version?: Pick<NextVersion, 'main' | 'agent'>;
}

export async function serveAgent(rules: readonly ScriptRule[]): Promise<ServedAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-kill-'));
  const log = join(folder, 'runs');
  writeFileSync(log, '');
  const scripted = await startScriptedServer({ speech: 'tone', rules: [...rules] });
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
  const env = {
    LEGATO_AGENT: fileURLToPath(new URL('agent.ts', import.meta.url)),
    FIXTURE_AGENT: `killed-${randomUUID().slice(0, 8)}`,
    FIXTURE_LOG: log,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: scripted.url,
  };
  return {
    scripted,
    client,
    start: ({ version, command = 'serve', ...options } = {}) => {
      const agent = version && { LEGATO_AGENT: version.agent };
      return startServing({ ...env, ...agent, ...toVariables(options) }, command, version?.main);
    },
    startWorker: (options = {}) => {
      // It has no use for a model.
      const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ...own } = env;
      return startServing({ ...own, ...toVariables(options) }, 'worker --only tools --group warehouse');
    },
    runs: () => readRuns(log),
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      await scripted.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function toVariables({ toolsHang = false, barrier, deadlineMs, env }: ProcessOptions): Record<string, string> {
  return {
    ...env,
    ...(toolsHang && { FIXTURE_HANGS: '1' }),
    ...(barrier !== undefined && { FIXTURE_BARRIER: barrier }),
    ...(deadlineMs !== undefined && { FIXTURE_DEADLINE_MS: String(deadlineMs) }),
  };
}

function readRuns(log: string): readonly ToolRun[] {
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ToolRun);
}
