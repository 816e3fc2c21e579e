import { hkdfSync, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type CreatedToken, type CreateToken, defaultTokenScopes, tokenLimits } from '../../contract/access.ts';
import { type ApiKey, sha256 } from './api-key.ts';
import {
  hasScope,
  type Identity,
  LOCAL,
  mayUse,
  requireConversation,
  requireKey,
  requireScope,
  toIdentity,
} from './identity.ts';
import { refuseAccess } from './refused-access.ts';
import { type Claims, looksLikeToken, readToken, signToken } from './token.ts';

export interface AccessSettings {
  /** None: a server that only its own machine reaches, and that needs no key. */
  readonly keys: readonly ApiKey[];
  /** With which tokens are signed. Default: derived from the first key that is known in the clear; without one, random. */
  readonly tokenSecret?: string;
  /** Now, in ms since 1970. */
  readonly now?: () => number;
}

/** What somebody sent to say who they are. */
export interface Credential {
  /** A key or a token. */
  readonly bearer?: string | undefined;
  /** A token in the address, where no header can be set. */
  readonly inAddress?: string | undefined;
}

const PURPOSE = 'legato conversation token v1';

/**
 * Who asks, for all front ends. What they may do is decided by `identity.ts`.
 *
 * 1. A key is compared with all keys in constant time: how long it takes says nothing about any of them.
 * 2. A token is checked by its signature, without asking anybody. It never allows more than the key that made it does now, and
 *    ends with that key.
 * 3. Keys can be replaced, but not by none: a server that needs a key always needs one.
 */
export class Access {
  #keys: readonly ApiKey[];
  #secret: Buffer;
  /** Whether it was given, and does not change with the keys. */
  readonly #hasSecret: boolean;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();

  constructor({ keys, tokenSecret, now = Date.now }: AccessSettings) {
    this.#keys = keys;
    this.#secret = secretOf(keys, tokenSecret);
    this.#hasSecret = tokenSecret !== undefined;
    this.#now = now;
  }

  /** From here on these keys count, and the secret that is derived from the first of them. */
  async replaceKeys(keys: readonly ApiKey[]): Promise<void> {
    if (this.isOpen || keys.length === 0)
      throw new Error('A server cannot begin or cease to need keys while it serves');
    const first = firstInTheClear(keys);
    if (!this.#hasSecret && first !== firstInTheClear(this.#keys)) {
      if (first === undefined) throw new Error('No secret is derived from hashes');
      // Slow, and not at once as at the start: turns are played meanwhile.
      this.#secret = await derive(first, PURPOSE, 32);
    }
    this.#keys = keys;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back whenever the keys have been replaced, until the signal is aborted. */
  onReplaced(listener: () => void, until: AbortSignal): void {
    if (until.aborted) return;
    this.#listeners.add(listener);
    until.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /** Whether there are no keys. */
  get isOpen(): boolean {
    return this.#keys.length === 0;
  }

  /** Throws AccessRefused where the credential is missing, wrong or has expired. */
  identify({ bearer, inAddress }: Credential): Identity {
    if (bearer !== undefined) return this.#byKey(bearer) ?? this.#byToken(bearer) ?? this.#byOther(bearer);
    if (inAddress !== undefined) {
      const identity = this.#byToken(inAddress);
      if (identity) return identity;
      refuseAccess({ kind: this.#byKey(inAddress) ? 'key_in_address' : 'unknown_credential' });
    }
    return this.isOpen ? LOCAL : refuseAccess({ kind: 'no_credential' });
  }

  /** A token for one conversation, with no more scopes than its maker has. Throws AccessRefused. */
  createToken(
    maker: Identity,
    conversation: string,
    { scopes = [...defaultTokenScopes], ttlSeconds = tokenLimits.defaultTtlSeconds }: CreateToken,
  ): CreatedToken {
    requireKey(maker, 'create tokens');
    requireScope(maker, 'turns');
    requireConversation(maker, conversation);
    for (const scope of scopes) requireScope(maker, scope);
    const granted = [...new Set(scopes)];
    const expires = Math.floor(this.#now() / 1_000) + ttlSeconds;
    const token = signToken({ conversation, scopes: granted, expires, key: maker.name }, this.#secret);
    return { token, expiresAt: new Date(expires * 1_000).toISOString(), scopes: granted };
  }

  #byKey(sent: string): Identity | undefined {
    const digest = sha256(sent);
    const [key] = this.#keys.filter((known) => timingSafeEqual(known.sha256, digest));
    return key && toIdentity(key);
  }

  #byToken(sent: string): Identity | undefined {
    const claims = readToken(sent, this.#secret);
    if (!claims) return undefined;
    const expiresAtMs = claims.expires * 1_000;
    if (expiresAtMs <= this.#now()) {
      refuseAccess({ kind: 'token_expired', expiredAt: new Date(expiresAtMs).toISOString() });
    }
    const maker = this.#makerOf(claims);
    if (!maker || !mayUse(maker, claims.conversation)) return undefined;
    const scopes = claims.scopes.filter((scope) => hasScope(maker, scope));
    return { ...maker, kind: 'token', scopes, conversation: claims.conversation, expiresAtMs };
  }

  #makerOf({ key }: Claims): Identity | undefined {
    if (this.isOpen) return key === LOCAL.name ? LOCAL : undefined;
    const known = this.#keys.find(({ name }) => name === key);
    return known && toIdentity(known);
  }

  /** Clients of other servers often send a key that nobody asked for. */
  #byOther(bearer: string): Identity {
    return this.isOpen && !looksLikeToken(bearer) ? LOCAL : refuseAccess({ kind: 'unknown_credential' });
  }
}

/** The same in all processes with the same settings. */
function secretOf(keys: readonly ApiKey[], tokenSecret: string | undefined): Buffer {
  if (tokenSecret !== undefined) return Buffer.from(hkdfSync('sha256', tokenSecret, '', PURPOSE, 32));
  const key = firstInTheClear(keys);
  // Keys may be short, and who has a token can try keys against its signature: each try costs what this costs.
  return key === undefined ? randomBytes(32) : scryptSync(key, PURPOSE, 32);
}

const derive = promisify<string, string, number, Buffer>(scrypt);

function firstInTheClear(keys: readonly ApiKey[]): string | undefined {
  return keys.find(({ key }) => key !== undefined)?.key;
}
