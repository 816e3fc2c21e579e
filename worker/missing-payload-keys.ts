import type { Agent } from '../agent/agent.ts';
import type { Config } from '../config.ts';

/** Why an agent cannot be served: it has secret metadata, and there is no key to encrypt it with. Undefined where it can. */
export function missingPayloadKeys(
  { name, metadata }: Pick<Agent, 'name' | 'metadata'>,
  { payloadKeys }: Pick<Config, 'payloadKeys'>,
): string | undefined {
  if (metadata.secretFields.size === 0 || payloadKeys.length > 0) return undefined;
  const fields = [...metadata.secretFields].map((field) => `'${field}'`).join(', ');
  return `Cannot serve agent '${name}': its metadata has secret fields (${fields}), which are encrypted, and LEGATO_PAYLOAD_KEYS is not set; set it to '<id>:<key>', with a key made by 'openssl rand -base64 32', e.g. LEGATO_PAYLOAD_KEYS="k1:$(openssl rand -base64 32)", and keep it: without it the fields cannot be read again`;
}
