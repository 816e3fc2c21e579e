import { z } from 'zod';
import { fieldsOf, type Metadata } from '../../contract/metadata.ts';
import type { AgentMetadata, Fields, MetadataProblem, TurnMetadata } from '../agent.ts';
import { describeIssues } from '../schema/issue-text.ts';
import { hideInJson, hideInText } from './hidden-values.ts';
import { isSecret } from './secret.ts';

/** Reads the metadata of conversations by the agent's schema. Without a schema there are no fields, and any metadata is accepted. */
export function createMetadata(schema: z.core.$ZodObject | undefined): AgentMetadata {
  const shape = schema?._zod.def.shape ?? {};
  const secretFields = new Set(Object.keys(shape).filter((name) => isSecret(shape[name] as z.core.$ZodType)));
  return {
    isDeclared: schema !== undefined,
    secretFields,
    read: (wire) => {
      const { value = {}, problems = [] } = schema === undefined ? {} : parse(schema, wire);
      return toTurnMetadata({ wire, value, problems }, secretFields);
    },
  };
}

interface Parsed {
  readonly value?: Fields;
  readonly problems?: readonly MetadataProblem[];
}

function parse(schema: z.core.$ZodObject, wire: Metadata): Parsed {
  try {
    const parsed = z.safeParse(schema, wire);
    if (parsed.success) return { value: parsed.data };
    return { problems: parsed.error.issues.flatMap((issue) => toProblems(issue, wire)) };
  } catch (thrown) {
    // Its message may hold a value.
    const what = thrown instanceof Error ? thrown.name : typeof thrown;
    return { problems: [{ field: '', message: `cannot be checked: the agent's schema threw '${what}'` }] };
  }
}

function toProblems(issue: z.core.$ZodIssue, wire: Metadata): readonly MetadataProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((field) => ({ field, message: "is not a field of this agent's metadata; leave it out" }));
  }
  const field = issue.path.map(String).join('.');
  const text = issue.path.length === 0 ? undefined : wire[String(issue.path[0])];
  if (issue.path.length === 1 && text === undefined) return [{ field, message: 'is missing; send it' }];
  // What a coercion of text came to says nothing to the one who sent the text.
  const why = describeIssues([{ ...issue, path: [] }], text ?? wire).replace(/, received NaN$/, '');
  return [{ field, message: `does not fit: ${why}; send one that does` }];
}

interface Read {
  readonly wire: Metadata;
  readonly value: Fields;
  readonly problems: readonly MetadataProblem[];
}

function toTurnMetadata(read: Read, secretFields: ReadonlySet<string>): TurnMetadata {
  const secrets = [...secretFields].flatMap((field) => [read.wire[field], read.value[field]]).filter(isQuotable);
  // The longest first: one may stand in another.
  const hidden = [...new Set(secrets.map(String))].sort((one, other) => other.length - one.length);
  return {
    ...read,
    publicValue: fieldsOf(read.value, (field) => !secretFields.has(field)),
    secrets: hidden,
    hideIn: (text) => hideInText(text, hidden),
    hideInJson: (json) => hideInJson(json, hidden),
  };
}

function isQuotable(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}
