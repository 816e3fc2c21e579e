import { types } from 'node:util';
import type { TurnMetadata } from '../../agent/agent.ts';
import type { OnLogged } from './tool-log.ts';

/** What is deeper is left out of a line. */
const MAX_DEPTH = 6;

type Hiding = Pick<TurnMetadata, 'secrets' | 'hideIn'>;

/** Lines of a tool's log with secret metadata hidden in their text and fields. */
export function withoutSecrets(metadata: Hiding, onLogged: OnLogged): OnLogged {
  if (metadata.secrets.length === 0) return onLogged;
  return ({ text, fields, ...line }) => {
    const shown = Object.entries(fields).map(([name, value]) => [name, hide(value, metadata, MAX_DEPTH)]);
    onLogged({ ...line, text: metadata.hideIn(text), fields: Object.fromEntries(shown) as typeof fields });
  };
}

function hide(value: unknown, metadata: Hiding, depth: number): unknown {
  if (typeof value === 'string') return metadata.hideIn(value);
  if (typeof value === 'number' && metadata.secrets.includes(String(value))) return metadata.hideIn(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return undefined;
  const inside = (part: unknown): unknown => hide(part, metadata, depth - 1);
  if (Array.isArray(value)) return value.map(inside);
  if (hasJson(value)) return inside(value.toJSON());
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inside(part)]));
  if (!types.isNativeError(value)) return parts;
  const { name, message, stack, cause } = value;
  const told = { name, stack: inside(stack), ...(cause !== undefined && { cause: inside(cause) }) };
  return Object.assign(new Error(metadata.hideIn(message)), parts, told);
}

/** Such as a URL or a date. */
function hasJson(value: object): value is { readonly toJSON: () => unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
