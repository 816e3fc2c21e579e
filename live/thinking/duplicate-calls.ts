import type { Tool } from '../../agent/agent.ts';
import type { PlannedCall } from '../../contract/rounds.ts';
import { contentOf } from '../calls/same-content.ts';

type FindTool = (name: string) => Pick<Tool, 'onDuplicate'> | undefined;

/** The calls of one reply. One that was made before in it, with the same arguments, does what its tool says of a duplicate. */
export function withoutDuplicates(calls: readonly PlannedCall[], find: FindTool): readonly PlannedCall[] {
  const places = new Map<string, number>();
  return calls.map((call, place) => {
    const rule = find(call.name)?.onDuplicate;
    if (call.fault || rule === undefined || rule === 'allow') return call;
    const content = contentOf([call.name, call.arguments]);
    const first = places.get(content);
    if (first === undefined) places.set(content, place);
    return first === undefined ? call : toDuplicate(call, rule === 'join' ? first : undefined);
  });
}

function toDuplicate({ name, arguments: args }: PlannedCall, joins: number | undefined): PlannedCall {
  const message = `'${name}' was called before in this reply with the same arguments; that call counts`;
  return { name, arguments: args, fault: { kind: 'rejected', message }, ...(joins !== undefined && { joins }) };
}
