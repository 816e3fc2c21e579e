import type { ModelUsage, TokenCounts } from '../../contract/usage.ts';
import { totalUsage } from '../../turn/usage.ts';

/** What the models were used for in one step: a reply that breaks off and the ones after it count alike. */
export class StepUsage {
  readonly #replies: ModelUsage[] = [];

  /** A model is asked. What its reply is said to have come to last counts. */
  begin(model: string): (tokens: TokenCounts) => void {
    const place = this.#replies.push({ model }) - 1;
    return (tokens) => void (this.#replies[place] = { model, ...tokens });
  }

  /** Nothing where no provider has said anything. */
  get told(): { readonly usage?: ModelUsage[] } {
    const counted = this.#replies.filter((reply) => Object.keys(reply).length > 1);
    return counted.length > 0 ? { usage: totalUsage(counted) } : {};
  }
}
