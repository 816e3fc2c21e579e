/** What a client has to say who it is. */
export interface Secrets {
  readonly apiKey?: string;
  readonly token?: string | (() => Promise<string>);
}

/** Keeps the token that a function fetches until it is refused: calls that need one at the same time share it. */
export class Credential {
  readonly #secrets: Secrets;
  #fetching: Promise<string> | undefined;
  #fetched: string | undefined;

  constructor({ apiKey, token }: Secrets) {
    if (apiKey !== undefined && token !== undefined) {
      throw new TypeError("A client has an 'apiKey' or a 'token', not both; leave one out");
    }
    this.#secrets = { ...(apiKey !== undefined && { apiKey }), ...(token !== undefined && { token }) };
  }

  /** The key or the token. */
  async secret(): Promise<string | undefined> {
    const { apiKey, token = apiKey } = this.#secrets;
    if (typeof token !== 'function') return token;
    return this.#fetched ?? (this.#fetching ??= this.#fetch(token));
  }

  /** A secret was refused. True where there may be another one by now. */
  renew(refused: string | undefined): boolean {
    if (typeof this.#secrets.token !== 'function') return false;
    if (this.#fetched === refused) this.#fetched = undefined;
    return true;
  }

  async #fetch(token: () => Promise<string>): Promise<string> {
    try {
      return (this.#fetched = await token());
    } finally {
      this.#fetching = undefined;
    }
  }
}
