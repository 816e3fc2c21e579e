/** The trace that a request belongs to, by https://www.w3.org/TR/trace-context/: what a tool sends on to whom it asks. */
export interface TraceContext {
  readonly traceparent?: string;
  /** Only with a `traceparent`. */
  readonly tracestate?: string;
}

interface SentContext {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}

const PARENT = /^(?<version>[0-9a-f]{2})-(?<ids>[0-9a-f]{32}-[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
const NO_TRACE = /^0{32}-|-0{16}$/;
const SAMPLED = 1;

/** What the standard asks everybody to send on. */
const MAX_STATE_CHARACTERS = 512;
const MAX_ENTRIES = 32;
const ENTRY =
  /^[\t ]*(?<key>[a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e][\t ]*$/;

/** The two headers, without what does not follow the standard's grammar: that counts as not sent. */
export function readTraceContext({ traceparent, tracestate }: SentContext): TraceContext {
  const parent = readParent(traceparent);
  if (parent === undefined) return {};
  return { traceparent: parent, ...(isState(tracestate) && { tracestate }) };
}

/** Of a later version the part that every version has goes on, as the version that is known here. */
function readParent(sent: unknown): string | undefined {
  if (typeof sent !== 'string') return undefined;
  const { version, ids = '', flags = '', more } = PARENT.exec(sent)?.groups ?? {};
  if (version === undefined || version === 'ff' || NO_TRACE.test(ids)) return undefined;
  if (version === '00') return more === undefined ? sent : undefined;
  return `00-${ids}-0${Number.parseInt(flags, 16) & SAMPLED}`;
}

function isState(sent: unknown): sent is string {
  if (typeof sent !== 'string' || sent.length > MAX_STATE_CHARACTERS) return false;
  const entries = sent.split(',').filter((entry) => entry.trim() !== '');
  const keys = new Set(entries.map((entry) => ENTRY.exec(entry)?.groups?.key));
  return entries.length > 0 && entries.length <= MAX_ENTRIES && keys.size === entries.length && !keys.has(undefined);
}
