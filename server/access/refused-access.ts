import type { Scope } from '../../contract/access.ts';

/** Why somebody may not do something. Each front end says it in its own terms; names of keys are told, keys never. */
export type AccessReason =
  | { readonly kind: 'no_credential' }
  /** Neither a key nor a token of this server. */
  | { readonly kind: 'unknown_credential' }
  | { readonly kind: 'token_expired'; readonly expiredAt: string }
  /** Addresses are logged by proxies and kept by browsers: only tokens, which expire, may stand there. */
  | { readonly kind: 'key_in_address' }
  | { readonly kind: 'scope_missing'; readonly who: string; readonly scope: Scope }
  /** Whether there is such a conversation is not told. */
  | { readonly kind: 'foreign_conversation'; readonly who: string; readonly allowed: string }
  /** What a token cannot be used for, whatever its scopes. */
  | { readonly kind: 'key_needed'; readonly action: string };

export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
  readonly reason: AccessReason;

  constructor(reason: AccessReason) {
    super(`Refused: ${reason.kind.replaceAll('_', ' ')}`);
    this.reason = reason;
  }
}

export function refuseAccess(reason: AccessReason): never {
  throw new AccessRefused(reason);
}
