import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** What NIST SP 800-38D recommends for GCM. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface PayloadKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface Encrypted {
  readonly keyId: string;
  /** Nonce, ciphertext and tag. */
  readonly bytes: Uint8Array;
}

/** The process does not have the key that something was encrypted with. */
export class MissingPayloadKey extends Error {
  override readonly name = 'MissingPayloadKey';
  readonly keyId: string;

  constructor(keyId: string) {
    super(`It was encrypted with key '${keyId}', which this process does not have; add it to LEGATO_PAYLOAD_KEYS`);
    this.keyId = keyId;
  }
}

/**
 * Encrypts what Temporal keeps, with AES-256-GCM: the first key encrypts, all decrypt. `boundTo` is what the text belongs to: it cannot
 * be decrypted as if it belonged to something else.
 */
export class PayloadCipher {
  readonly #keys: readonly PayloadKey[];

  constructor(keys: readonly PayloadKey[]) {
    this.#keys = keys;
  }

  encrypt(plain: Uint8Array, boundTo: string): Encrypted {
    const [first] = this.#keys;
    if (!first) throw new Error('There is no key to encrypt with; set LEGATO_PAYLOAD_KEYS');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, first.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(boundTo));
    const bytes = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { keyId: first.id, bytes };
  }

  /** Throws MissingPayloadKey, or an Error where the bytes were not encrypted with the key or belong to something else. */
  decrypt({ keyId, bytes }: Encrypted, boundTo: string): Uint8Array {
    const found = this.#keys.find(({ id }) => id === keyId);
    if (!found) throw new MissingPayloadKey(keyId);
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, found.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(boundTo));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  }
}
