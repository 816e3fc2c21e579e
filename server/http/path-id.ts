import type { Request } from 'express';

/** The `:id` of a path. */
export function pathId(request: Request): string {
  return String(request.params['id']);
}
