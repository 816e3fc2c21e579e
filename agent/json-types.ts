/** Types whose values JSON does not have, or would change. */
type NotJson =
  | bigint
  | symbol
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>
  | ((...args: never) => unknown);

/** So deep a type is looked at: one that contains itself has no end. */
type Deeper = { readonly 5: 4; readonly 4: 3; readonly 3: 2; readonly 2: 1; readonly 1: 0 };

/**
 * The parts of a type that JSON cannot hold; never if there are none. Interfaces are taken, as they have no index signature
 * that would make them `Json`; `unknown` and `any` are taken since they say nothing.
 */
export type NotJsonIn<T, Depth extends number = 5> = unknown extends T
  ? never
  : T extends string | number | boolean | null | undefined
    ? never
    : T extends NotJson
      ? T
      : Depth extends keyof Deeper
        ? T extends readonly (infer Item)[]
          ? NotJsonIn<Item, Deeper[Depth]>
          : T extends object
            ? { [Name in keyof T]-?: NotJsonIn<T[Name], Deeper[Depth]> }[keyof T]
            : never
        : never;

/** What JSON cannot hold of a whole result. A field may be undefined, which leaves it out; a result may not. */
export type NotJsonResult<T> = unknown extends T
  ? never
  : NotJsonIn<T> | (undefined extends T ? Extract<T, void> : never);

/** For an intersection with an option: nothing if there is no fault, else a type that it never has, which says why. */
export type Unless<Fault extends string, Found> = [Found] extends [never]
  ? unknown
  : { readonly [Message in Fault]: Found };
