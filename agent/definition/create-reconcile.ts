import type { Reconciled, Tool } from '../agent.ts';
import type { ToolDefinition } from '../define-tool.ts';
import { describeValue, isRecord } from './option-rules.ts';

/** Asks the author whether a write happened, and checks the answer: a result has to be what `run` would have returned. */
export function createReconcile(
  reconcile: NonNullable<ToolDefinition['reconcile']>,
  checkResult: Tool['checkResult'],
): NonNullable<Tool['reconcile']> {
  return async (args, tool) => {
    const answer: unknown = await reconcile(args as never, tool.idempotencyKey, tool as never);
    const outcome = isRecord(answer) ? answer.outcome : undefined;
    if (outcome === 'not_done' || outcome === 'unknown') return { outcome };
    if (outcome !== 'done' || !isRecord(answer)) throw new TypeError(answerFault(answer));
    const checked = checkResult(answer.result);
    if (!checked.ok) throw new TypeError(`'reconcile' says that it is done, but ${checked.error.message}`);
    return { outcome, result: checked.value } satisfies Reconciled;
  };
}

function answerFault(answer: unknown): string {
  const got = isRecord(answer)
    ? `an object whose 'outcome' is ${describeValue(answer.outcome)}`
    : describeValue(answer);
  return `'reconcile' must answer { outcome: 'done', result }, { outcome: 'not_done' } or { outcome: 'unknown' }; got ${got}`;
}
