/** What an assertion expects of a value: the same; of text a pattern that it matches; of an object some of its fields. */
export type Expected = unknown;

/** Whether a value is as expected: objects may have more fields than are named, lists have no more elements. */
export function matches(actual: unknown, expected: Expected): boolean {
  if (expected instanceof RegExp) return typeof actual === 'string' && actual.search(expected) !== -1;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return false;
    return expected.every((element, index) => matches(actual[index], element));
  }
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
  return Object.entries(expected).every(([name, value]) => matches(Reflect.get(actual, name), value));
}

/** An expected value in the text of a failed assertion. */
export function describe(expected: Expected): string {
  if (expected instanceof RegExp) return String(expected);
  const patterns = (_: string, value: unknown): unknown => (value instanceof RegExp ? String(value) : value);
  return typeof expected === 'string' ? `'${expected}'` : (JSON.stringify(expected, patterns) ?? 'undefined');
}
