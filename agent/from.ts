import type { Source } from '../contract/rounds.ts';

/** For `requires`: the argument is filled with this field of that tool's result; dots lead into objects, as in 'order.id'. */
export function from(tool: string, field: string): Source {
  return { tool, field };
}
