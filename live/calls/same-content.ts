import type { Json } from '../../contract/items.ts';

/** A text that is equal for equal values, in whatever order the model wrote their fields. */
export function contentOf(value: Json): string {
  return JSON.stringify(value, (_, part: Json) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}
