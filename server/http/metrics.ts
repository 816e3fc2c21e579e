import { requireKey } from '../access/identity.ts';
import { identityOf } from './authenticate.ts';
import type { FrontEndDependencies } from './front-end.ts';
import type { Handler } from './responder.ts';

/** `GET /metrics`: of all conversations, so for keys only. */
export function getMetrics({ readMetrics }: Pick<FrontEndDependencies, 'readMetrics'>): Handler {
  return async (request) => {
    requireKey(identityOf(request), 'read metrics');
    const { contentType, text } = await readMetrics();
    return { status: 200, headers: { 'Content-Type': contentType }, text };
  };
}
