const TEXT = ['trim', 'trimStart', 'trimEnd', 'replace', 'replaceAll', 'search', 'match', 'matchAll', 'split'];
const TEXT_SEARCH = ['indexOf', 'lastIndexOf', 'includes', 'startsWith', 'endsWith', 'normalize', 'toLowerCase'];
const LIST = [
  'slice',
  'filter',
  'map',
  'flatMap',
  'concat',
  'find',
  'findLast',
  'includes',
  'indexOf',
  'reduce',
  'join',
];
const LIST_ITERATOR = Object.getPrototypeOf([][Symbol.iterator]()) as object;

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Cost = (self: unknown, args: readonly unknown[], result: unknown) => number;

const ofSelf: Cost = (self) => (self as { readonly length: number }).length;
const ofFirst: Cost = (_, [text]) => String(text).length;
const ofResult: Cost = (_, __, result) => String(result).length;

const costs: readonly [owner: object, names: readonly string[], cost: Cost][] = [
  [String.prototype, [...TEXT, ...TEXT_SEARCH], ofSelf],
  [String.prototype, ['slice'], ofResult],
  [RegExp.prototype, ['exec'], ofFirst],
  [JSON, ['parse'], ofFirst],
  [JSON, ['stringify'], ofResult],
  [Intl.Segmenter.prototype, ['segment'], ofFirst],
  [Array.prototype, LIST, ofSelf],
  [LIST_ITERATOR, ['next'], () => 1],
];

/**
 * Counts the characters and the elements that the built-in functions go through while something runs: work that grows with
 * the square of what it is given shows as a number, whatever the machine.
 */
export async function countWork(run: () => unknown): Promise<number> {
  let count = 0;
  const restore: (() => void)[] = [];
  const watch = (owner: object, name: string, cost: Cost): void => {
    const original = Reflect.get(owner, name) as Method;
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(original, this, args);
      count += cost(this, args, result);
      return result;
    };
    Reflect.defineProperty(owner, name, { value: counted, configurable: true, writable: true });
    restore.push(() => Reflect.defineProperty(owner, name, { value: original, configurable: true, writable: true }));
  };
  for (const [owner, names, cost] of costs) for (const name of names) watch(owner, name, cost);
  try {
    await run();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}
