import type { ModelRequest } from '../model.ts';
import type { AiSdkModel } from './model-object.ts';

/** Models that go on with a message of their own which the prompt ends with. Others begin another one after it. */
const TAKES_PREFILL = /anthropic|claude/i;

/**
 * Whether a reply that broke off is continued by its own beginning, as the end of the prompt, or by words that ask for it. Of the
 * models that take the first, the newer ones do not, nor do those that think: one that has refused it is asked by words from then on.
 */
export class Prefill {
  #isTaken: boolean;

  constructor({ provider, modelId }: AiSdkModel) {
    this.#isTaken = TAKES_PREFILL.test(`${provider} ${modelId}`);
  }

  fits({ said, reasoningEffort = 'none', messages }: ModelRequest): boolean {
    if (said === undefined || !this.#isTaken || reasoningEffort !== 'none') return false;
    return !messages.some((message) => message.role === 'assistant' && message.state !== undefined);
  }

  refused(): void {
    this.#isTaken = false;
  }
}
