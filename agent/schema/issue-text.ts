import type { z } from 'zod';

const MAX_ISSUES = 5;
const MAX_BRANCHES = 3;

type Issue = z.core.$ZodIssue;

/**
 * What a schema found, in short: `'order_id': expected string, received number`. Never a value. Fields are named if they are in `names`,
 * or all of them without it: keys of a map are values too.
 */
export function describeIssues(issues: readonly Issue[], value: unknown, names?: ReadonlySet<string>): string {
  const texts = issues.slice(0, MAX_ISSUES).map((issue) => {
    const field = fieldName(issue.path, names);
    const text = describeIssue(issue, valueAt(value, issue.path));
    return field === '' ? text : `'${field}': ${text}`;
  });
  const more = issues.length - texts.length;
  return [...texts, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function fieldName(path: readonly PropertyKey[], names?: ReadonlySet<string>): string {
  const parts = path.map((key) => {
    if (typeof key === 'number') return String(key);
    return names === undefined || names.has(String(key)) ? String(key) : '*';
  });
  return parts.join('.');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  );
}

function describeIssue(issue: Issue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return 'it has fields that the schema does not name';
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return describeBranches(issue.errors, value);
  const message = issue.message.replace(/^Invalid input: /, '').replace(/, received undefined$/, '');
  // Authors write messages too, and may have put the value in.
  const text = mentions(message, value) ? withoutValue(issue) : lowerFirst(message);
  return value === undefined && issue.code === 'invalid_type' ? `missing, ${text}` : text;
}

function describeBranches(branches: readonly (readonly Issue[])[], value: unknown): string {
  const first = branches.flatMap(([issue]) =>
    issue === undefined ? [] : [describeIssue(issue, valueAt(value, issue.path))],
  );
  return [...new Set(first)].slice(0, MAX_BRANCHES).join(' or ');
}

function mentions(message: string, value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((part) => mentions(message, part));
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  return value !== '' && message.includes(String(value));
}

function withoutValue(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_format':
      return `not in the format '${issue.format}'`;
    case 'invalid_value':
      return `expected one of ${issue.values.map((value) => `'${String(value)}'`).join(', ')}`;
    case 'too_small':
      return `too small, the minimum is ${issue.minimum}`;
    case 'too_big':
      return `too big, the maximum is ${issue.maximum}`;
    default:
      return 'not accepted';
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
