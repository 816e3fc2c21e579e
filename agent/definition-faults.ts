import { nearestName } from './nearest-name.ts';

/** Everything that is wrong with an agent's definition, in one message of one line per fault. */
export class AgentDefinitionError extends Error {
  override readonly name = 'AgentDefinitionError';
  readonly faults: readonly string[];

  constructor(agent: unknown, faults: readonly string[]) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    super([`Cannot define agent ${shown(agent)}: its definition has ${count}:`, ...faults].join('\n- '));
    this.faults = faults;
  }
}

export interface OptionRule {
  readonly required: boolean;
  readonly accepts: (value: unknown) => boolean;
  /** What an accepted value is, as in "not a duration". */
  readonly kind: string;
  /** What to give instead, as in "give a whole number". */
  readonly give: string;
}

type OptionRules = Readonly<Record<string, OptionRule>>;

/** Faults of single options: unknown ones, missing ones, and values that no rule accepts. An option set to undefined is absent. */
export function optionFaults(options: object, rules: OptionRules): string[] {
  const given = new Map<string, unknown>(Object.entries(options).filter(([, value]) => value !== undefined));
  const faults = [...given.keys()]
    .filter((name) => !Object.hasOwn(rules, name))
    .map((name) => unknownOption(name, rules));
  for (const [name, rule] of Object.entries(rules)) {
    if (given.has(name)) {
      const value = given.get(name);
      if (!rule.accepts(value)) faults.push(`'${name}' is ${shown(value)}, not ${rule.kind}; give ${rule.give}`);
    } else if (rule.required) {
      faults.push(`'${name}' is missing; give ${rule.give}`);
    }
  }
  return faults;
}

function unknownOption(name: string, rules: OptionRules): string {
  const names = Object.keys(rules);
  const meant = nearestName(name, names);
  if (meant !== undefined) return `'${name}' is not an option; did you mean '${meant}'?`;
  return `'${name}' is not an option; remove it, the options are ${names.map((known) => `'${known}'`).join(', ')}`;
}

const SHOWN_LENGTH = 60;

/** A value as an error text quotes it. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(value);
  return `'${text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text}'`;
}
