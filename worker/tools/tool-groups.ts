import type { Agent } from '../../agent/agent.ts';

/** The groups of tools-only workers that an agent's tools name, each with its tools. */
export function groupsOf({ tools }: Pick<Agent, 'tools'>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>();
  for (const { name, worker } of tools.list()) {
    if (worker !== undefined) groups.set(worker, [...(groups.get(worker) ?? []), name]);
  }
  return groups;
}

/**
 * The groups that a worker is asked to serve; all of them where it is asked for none by name. Throws an Error that says what is
 * wrong with a name.
 */
export function askedGroups(agent: Pick<Agent, 'name' | 'tools'>, asked: readonly string[]): readonly string[] {
  const groups = [...groupsOf(agent).keys()];
  if (groups.length === 0) {
    throw new Error(
      `No tool of agent '${agent.name}' runs at a tools-only worker; give one the option 'worker', or run 'legato worker' without --only`,
    );
  }
  for (const group of asked) {
    if (groups.includes(group)) continue;
    const known = groups.map((name) => `'${name}'`).join(', ');
    throw new Error(
      `No tool of agent '${agent.name}' has the group '${group}' as its 'worker'; its groups are ${known}`,
    );
  }
  return asked.length > 0 ? [...new Set(asked)] : groups;
}
