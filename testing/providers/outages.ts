import { ProviderFailure } from '../../providers/failure.ts';

export type Provider = 'model' | 'voice' | 'fallbackVoice';

const NAMES: Readonly<Record<Provider, string>> = { model: 'model', voice: 'voice', fallbackVoice: 'fallback voice' };

/** Which providers are down, and for how many requests more. */
export class Outages {
  readonly #left = new Map<Provider, number>();

  fail(provider: Provider, times: number): void {
    this.#left.set(provider, times);
  }

  end(): void {
    this.#left.clear();
  }

  /** Throws ProviderFailure where the provider is down. */
  check(provider: Provider): void {
    const left = this.#left.get(provider) ?? 0;
    if (left <= 0) return;
    this.#left.set(provider, left - 1);
    throw new ProviderFailure(`The test has the ${NAMES[provider]} fail`, { retryable: true, status: 503 });
  }
}
