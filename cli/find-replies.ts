import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';

const NAMES = ['replies.ts', 'replies.mts', 'replies.js', 'replies.mjs'];

/** The path of the rules by which `legato dev` answers without a key: as configured, or beside the agent's module. */
export function findReplies({ agent, replies }: Pick<Config, 'agent' | 'replies'>): string | undefined {
  return replies ?? NAMES.map((name) => join(dirname(agent), name)).find((path) => existsSync(path));
}

export function hasReplies(files: Pick<Config, 'agent' | 'replies'>): boolean {
  return findReplies(files) !== undefined;
}
