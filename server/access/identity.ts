import { Scope } from '../../contract/access.ts';
import type { ApiKey } from './api-key.ts';
import { refuseAccess } from './refused-access.ts';

/** Who asks, what they may do, and with which conversations. */
export interface Identity {
  /** `local`: a server without keys, which anybody on its machine may use. */
  readonly kind: 'key' | 'token' | 'local';
  /** Of the key; of a token, the name of the key that made it. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** How the ids of its conversations begin. */
  readonly prefix: string;
  /** Its only conversation, of a token. */
  readonly conversation?: string;
  /** When it ends, of a token, in ms since 1970. */
  readonly expiresAtMs?: number;
}

export const LOCAL: Identity = { kind: 'local', name: 'local', scopes: Scope.options, prefix: '' };

export function toIdentity({ name, scopes, prefix }: ApiKey): Identity {
  return { kind: 'key', name, scopes, prefix };
}

/** As logs and errors name it. */
export function nameOf({ kind, name }: Identity): string {
  return kind === 'token' ? `a token of '${name}'` : kind === 'key' ? `key '${name}'` : 'a local program';
}

export function hasScope({ scopes }: Identity, scope: Scope): boolean {
  return scopes.includes(scope) || (scope === 'read' && scopes.includes('turns'));
}

export function requireScope(identity: Identity, scope: Scope): void {
  if (!hasScope(identity, scope)) refuseAccess({ kind: 'scope_missing', who: nameOf(identity), scope });
}

export function mayUse({ prefix, conversation }: Identity, conversationId: string): boolean {
  return conversationId.startsWith(prefix) && (conversation ?? conversationId) === conversationId;
}

/** Asked before the conversation is looked for, so that the answer does not tell whether it is there. */
export function requireConversation(identity: Identity, conversationId: string): void {
  if (mayUse(identity, conversationId)) return;
  const { conversation, prefix } = identity;
  const allowed = conversation === undefined ? `conversations that begin with '${prefix}'` : `'${conversation}'`;
  refuseAccess({ kind: 'foreign_conversation', who: nameOf(identity), allowed });
}

/** Whether some conversations are not for it. */
export function isRestricted({ prefix, conversation }: Identity): boolean {
  return prefix !== '' || conversation !== undefined;
}

/** What a token cannot do: a page is given one so that it does no more than its caller may. */
export function requireKey({ kind }: Identity, action: string): void {
  if (kind === 'token') refuseAccess({ kind: 'key_needed', action });
}
