import type { Json } from '../../contract/items.ts';
import type { ProviderState } from '../../contract/rounds.ts';
import type { ProviderOptions } from './model-object.ts';

/**
 * What a provider wants back with its own message, in the order of the reply: thoughts, and what it says of the words and of the
 * calls beside them, which are in the record themselves.
 */
export type StatePiece =
  | { readonly type: 'reasoning'; readonly text: string; readonly options: ProviderOptions }
  | { readonly type: 'text'; readonly options: ProviderOptions }
  /** `id`: under which the provider knows the call. */
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly options: ProviderOptions };

const TYPES: readonly unknown[] = ['reasoning', 'text', 'call'] satisfies StatePiece['type'][];

/** As JSON, which is what the record has of it. */
export function toStates(pieces: readonly StatePiece[]): readonly { readonly type: 'state'; readonly state: Json }[] {
  if (!pieces.some(isWanted)) return [];
  return pieces.map((piece) => ({ type: 'state', state: JSON.parse(JSON.stringify(piece)) as Json }));
}

/** The pieces of a record. What another release wrote in another form is left out. */
export function fromState(state: ProviderState | undefined): readonly StatePiece[] {
  const pieces: readonly unknown[] = state?.pieces ?? [];
  return pieces.filter(isPiece);
}

/** Whether the provider has said anything that is not in the record otherwise. */
function isWanted(piece: StatePiece): boolean {
  return piece.type === 'reasoning' || Object.keys(piece.options).length > 0;
}

function isPiece(value: unknown): value is StatePiece {
  return typeof value === 'object' && value !== null && 'type' in value && TYPES.includes(value.type);
}
