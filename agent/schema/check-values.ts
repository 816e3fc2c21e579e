import { z } from 'zod';
import type { CallErrorKind, Json } from '../../contract/items.ts';
import { allSchemas, type JsonObject, propertiesOf } from '../../providers/json-schema.ts';
import type { Checked, OnThrown, Tool } from '../agent.ts';
import { dropAbsentNulls } from './absent-nulls.ts';
import { describeIssues } from './issue-text.ts';

/** `schema` is `input` as JSON Schema. Error texts name fields and what was expected, never a value: they go to the model and into the record. */
export function createArgumentCheck(tool: string, input: z.core.$ZodType, schema: JsonObject): Tool['checkArguments'] {
  const names = new Set(allSchemas(schema).flatMap((part) => Object.keys(propertiesOf(part))));
  return (value, onThrown) => {
    const fail = (problem: Problem): Checked<never> =>
      failed(
        'invalid_arguments',
        `Arguments of '${tool}' do not fit: ${problem(names)}; call it again with arguments that do`,
      );
    return check(input, dropAbsentNulls(schema, value), { fail, onThrown });
  };
}

/** Checks what a tool returned, as JSON; nothing becomes null. */
export function createResultCheck(tool: string, output: z.core.$ZodType | undefined): Tool['checkResult'] {
  return (value, onThrown) => {
    const fail = (problem: Problem): Checked<never> =>
      failed('invalid_result', `Result of '${tool}' cannot be used: ${problem()}; fix the tool`);
    if (output === undefined) return asJson(value, { fail, onThrown });
    const checked = check(output, value, { fail, onThrown });
    return checked.ok ? asJson(checked.value, { fail, onThrown }) : checked;
  };
}

type Problem = (names?: ReadonlySet<string>) => string;

interface Failing {
  readonly fail: (problem: Problem) => Checked<never>;
  readonly onThrown: OnThrown | undefined;
}

function check(schema: z.core.$ZodType, value: unknown, { fail, onThrown }: Failing): Checked<unknown> {
  try {
    const parsed = z.safeParse(schema, value);
    if (parsed.success) return { ok: true, value: parsed.data };
    return fail((names) => describeIssues(parsed.error.issues, value, names));
  } catch (error) {
    if (error instanceof z.core.$ZodAsyncError) {
      return fail(() => 'the schema has an asynchronous check, which is not supported');
    }
    onThrown?.(error);
    // Its message may hold a value.
    return fail(() => `a check of the schema threw '${error instanceof Error ? error.name : typeof error}'`);
  }
}

function asJson(value: unknown, { fail, onThrown }: Failing): Checked<Json> {
  try {
    return { ok: true, value: JSON.parse(JSON.stringify(value) ?? 'null') as Json };
  } catch (error) {
    onThrown?.(error);
    return fail(() => `it is not a JSON value ('${error instanceof Error ? error.name : typeof error}')`);
  }
}

function failed(kind: CallErrorKind, message: string): Checked<never> {
  return { ok: false, error: { kind, message } };
}
