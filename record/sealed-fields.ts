import type { Metadata, SealedFields } from '../contract/metadata.ts';
import { MissingPayloadKey, type PayloadCipher } from './payload-cipher.ts';

/** A secret field cannot be read: its text was changed, or belongs to another conversation or field. */
export class BrokenSeal extends Error {
  override readonly name = 'BrokenSeal';
}

/** Encrypts fields of a conversation's metadata, each by itself: `<key id>.<base64url>`. */
export function sealFields(cipher: PayloadCipher, conversationId: string, fields: Metadata): SealedFields {
  const sealed = Object.entries(fields).map(([field, text]) => {
    const { keyId, bytes } = cipher.encrypt(Buffer.from(text), boundTo(conversationId, field));
    return [field, `${keyId}.${Buffer.from(bytes).toString('base64url')}`];
  });
  return Object.fromEntries(sealed) as SealedFields;
}

/** Throws MissingPayloadKey or BrokenSeal. */
export function openFields(cipher: PayloadCipher, conversationId: string, sealed: SealedFields): Metadata {
  const opened = Object.entries(sealed).map(([field, text]) => {
    const [keyId = '', encoded = ''] = text.split('.');
    try {
      const bytes = Buffer.from(encoded, 'base64url');
      return [field, Buffer.from(cipher.decrypt({ keyId, bytes }, boundTo(conversationId, field))).toString()];
    } catch (error) {
      if (error instanceof MissingPayloadKey) throw error;
      throw new BrokenSeal(
        `Field '${field}' of conversation '${conversationId}' cannot be decrypted with key '${keyId}': its text was changed, or belongs elsewhere, or the key of this id is another one now`,
        { cause: error },
      );
    }
  });
  return Object.fromEntries(opened) as Metadata;
}

function boundTo(conversationId: string, field: string): string {
  return JSON.stringify(['metadata', conversationId, field]);
}
