import { itemTypes } from '../contract/items.ts';

/** An answer without the items that a newer server has and this client does not know. */
export function withKnownItems(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  const { items } = answer as { readonly items?: unknown };
  return Array.isArray(items) ? { ...answer, items: items.filter(hasKnownType) } : answer;
}

/** Something without a type stays in, so that the schema rejects it. */
function hasKnownType(item: unknown): boolean {
  const type: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'type') : undefined;
  return typeof type !== 'string' || itemTypes.has(type);
}
