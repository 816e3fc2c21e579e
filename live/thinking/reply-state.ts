import type { Json } from '../../contract/items.ts';
import type { ProviderState } from '../../contract/rounds.ts';
import type { ModelMessage } from '../../providers/model.ts';
import { jsonBytes } from '../../turn/json-bytes.ts';

/** Whose state it is. */
export type StateOwner = Pick<ProviderState, 'provider' | 'model'>;

/** The state that comes with one reply: all of it, or none where it is larger than the turn has room for. */
export class ReplyState {
  readonly #owner: StateOwner | undefined;
  readonly #limitBytes: number;
  readonly #pieces: Json[] = [];
  #bytes = 0;

  /** `owner`: undefined where the provider has no state. */
  constructor(owner: StateOwner | undefined, limitBytes: number) {
    this.#owner = owner;
    this.#limitBytes = limitBytes;
  }

  take(piece: Json): void {
    this.#bytes += jsonBytes(piece);
    if (this.#bytes <= this.#limitBytes) this.#pieces.push(piece);
    else this.#pieces.length = 0;
  }

  get all(): ProviderState | undefined {
    if (!this.#owner || this.#pieces.length === 0) return undefined;
    const state = { ...this.#owner, pieces: this.#pieces };
    return jsonBytes(state) <= this.#limitBytes ? state : undefined;
  }
}

/** Messages as this provider and model may see them: without the state of others. */
export function withStateOf(owner: StateOwner | undefined, messages: readonly ModelMessage[]): readonly ModelMessage[] {
  return messages.map((message) => {
    if (message.role !== 'assistant' || !message.state || isOwn(message.state, owner)) return message;
    const { role, text, calls } = message;
    return { role, text, calls };
  });
}

function isOwn(state: StateOwner, owner: StateOwner | undefined): boolean {
  return state.provider === owner?.provider && state.model === owner.model;
}
