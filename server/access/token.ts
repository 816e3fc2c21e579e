import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Scope } from '../../contract/access.ts';

/** `legato1.<claims>.<signature>`: JSON and HMAC-SHA-256, both in base64url. The signature is of all that stands before it. */
const VERSION = 'legato1';

/** What a token says. Anybody who has it can read this; only who knows the secret can write it. */
const Claims = z.object({
  conversation: z.string(),
  scopes: z.array(Scope),
  /** In s since 1970. */
  expires: z.int(),
  /** Name of the key that made it. */
  key: z.string(),
});
export type Claims = z.infer<typeof Claims>;

export function signToken(claims: Claims, secret: Buffer): string {
  const signed = `${VERSION}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${signatureOf(signed, secret).toString('base64url')}`;
}

export function looksLikeToken(text: string): boolean {
  return text.startsWith(`${VERSION}.`);
}

/** What a token says, also where it has expired. Undefined where it was not signed with this secret. */
export function readToken(token: string, secret: Buffer): Claims | undefined {
  const [, signed, claims = '', signature = ''] = /^(legato1\.([\w-]+))\.([\w-]+)$/.exec(token) ?? [];
  if (signed === undefined) return undefined;
  const [sent, right] = [Buffer.from(signature, 'base64url'), signatureOf(signed, secret)];
  if (sent.length !== right.length || !timingSafeEqual(sent, right)) return undefined;
  return Claims.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
}

function signatureOf(signed: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(signed).digest();
}
