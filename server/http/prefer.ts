import { limits } from '../../contract/http.ts';

/** Seconds of `Prefer: wait=N` (RFC 7240), at most 60. Undefined where it is absent or not a number: a preference is never a fault. */
export function preferredWait(header: string | undefined): number | undefined {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(header ?? '')?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds), limits.waitSeconds);
}
