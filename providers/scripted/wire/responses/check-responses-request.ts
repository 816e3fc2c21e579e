import type { ErrorAnswer } from '../error-answer.ts';
import type { InputItem, ResponsesRequest, StoredItems } from './responses-request.ts';
import { unseal } from './responses-wire.ts';

type Fault = Pick<ErrorAnswer, 'message' | 'param'>;

/** What the real server refuses with 400, in its words. */
export function checkResponsesRequest(request: Partial<ResponsesRequest>, stored: StoredItems): Fault | undefined {
  const { input, model } = request;
  if (typeof model !== 'string') return { param: 'model', message: 'A model is required.' };
  if (!Array.isArray(input)) return { param: 'input', message: 'A list of items is required.' };
  if (request.stream !== true) return { param: 'stream', message: 'This server only streams.' };
  const message = findItemFault(input as readonly InputItem[], stored);
  return message === undefined ? undefined : { param: 'input', message };
}

function findItemFault(input: readonly InputItem[], stored: StoredItems): string | undefined {
  const calls = new Set<string>();
  const outputs = new Set<string>();
  for (const [at, item] of input.entries()) {
    const fault = isThought(item, stored) ? findThoughtFault(item, input[at + 1]) : findReferenceFault(item, stored);
    if (fault !== undefined) return fault;
    if (item.type === 'function_call') calls.add(item.call_id);
    if (item.type === 'function_call_output') {
      if (!calls.has(item.call_id)) return `No tool call found for function call output with call_id ${item.call_id}.`;
      outputs.add(item.call_id);
    }
  }
  const open = [...calls].find((id) => !outputs.has(id));
  return open === undefined ? undefined : `No tool output found for function call ${open}.`;
}

function isThought(item: InputItem, stored: StoredItems): boolean {
  return item.type === 'reasoning' || (item.type === 'item_reference' && stored.get(item.id)?.type === 'reasoning');
}

function findThoughtFault(item: InputItem, next: InputItem | undefined): string | undefined {
  if (item.type === 'reasoning' && unseal(item.encrypted_content ?? '') === undefined)
    return 'The encrypted content could not be verified.';
  const isFollowed =
    next !== undefined &&
    (next.type === 'function_call' ||
      next.type === 'item_reference' ||
      next.type === 'reasoning' ||
      ('role' in next && next.role === 'assistant'));
  return isFollowed ? undefined : "Item of type 'reasoning' was provided without its required following item.";
}

function findReferenceFault(item: InputItem, stored: StoredItems): string | undefined {
  const isUnknown = item.type === 'item_reference' && !stored.has(item.id);
  return isUnknown ? `Item with id '${item.id}' not found.` : undefined;
}
