import { searchAttributes } from '../../contract/messages.ts';
import { usablePollMs, usableWithinMs, type Ensured, type TemporalServices } from './ensured.ts';
import { grpcStatus, isDenied, messageOf } from '../../record/grpc-status.ts';
import { pollUntil } from './poll-until.ts';

const keyword = 2; // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
const names: readonly string[] = Object.values(searchAttributes);

/**
 * Adds the search attributes of turns where they are missing, and returns when workflows can be started and found by
 * them: servers reread the namespace every 2 s. Throws only if the server does not answer.
 */
export async function ensureSearchAttributes(services: TemporalServices, namespace: string): Promise<Ensured> {
  const found = await hasSearchAttributes(services, namespace);
  if (found.missing.length === 0 || found.refusal !== undefined) return found;
  try {
    await services.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(found.missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    if (isDenied(error) || grpcStatus(error) === 'invalid_argument') return { ...found, refusal: messageOf(error) };
    if (grpcStatus(error) !== 'already_exists') throw error;
  }
  await pollUntil(() => areUsable(services, namespace), {
    everyMs: usablePollMs,
    withinMs: usableWithinMs,
    failure: `Search attributes ${found.missing.join(', ')} were added to namespace '${namespace}' but were not usable`,
  });
  return { present: found.present, created: found.missing, missing: [] };
}

/** Looks only. One that has another type counts as missing, with a refusal that says so. */
export async function hasSearchAttributes(services: TemporalServices, namespace: string): Promise<Ensured> {
  try {
    const { customAttributes } = await services.operatorService.listSearchAttributes({ namespace });
    const present = names.filter((name) => Number(customAttributes[name]) === keyword);
    const missing = names.filter((name) => !present.includes(name));
    const wrong = missing.filter((name) => customAttributes[name] !== undefined);
    const result = { present, created: [], missing };
    if (wrong.length === 0) return result;
    return { ...result, refusal: `${wrong.join(', ')} exist with a type other than Keyword` };
  } catch (error) {
    if (!isDenied(error)) throw error;
    return { present: [], created: [], missing: [...names], refusal: messageOf(error) };
  }
}

async function areUsable({ workflowService }: TemporalServices, namespace: string): Promise<boolean> {
  try {
    const query = names.map((name) => `${name} = 'none'`).join(' AND ');
    await workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (grpcStatus(error) === 'invalid_argument') return false;
    throw error;
  }
}
