import type { FrontEndDependencies } from './front-end.ts';
import type { Handler } from './responder.ts';

/** `GET /metrics` */
export function getMetrics({ readMetrics }: FrontEndDependencies): Handler {
  return async () => {
    const { contentType, text } = await readMetrics();
    return { status: 200, headers: { 'Content-Type': contentType }, text };
  };
}
