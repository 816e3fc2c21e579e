import type { Source } from '../../contract/rounds.ts';
import { type JsonObject, propertiesOf, requiredOf } from '../../providers/json-schema.ts';
import { toAcceptedSchema, toOutputSchema, withoutFilled } from '../schema/input-schema.ts';
import { fieldOf, type Located, neverFits } from '../schema/never-fits.ts';
import { suggestName } from './nearest-name.ts';
import { isRecord } from './option-rules.ts';
import { isObjectSchema, isSource, isZodSchema } from './tool-rules.ts';

/** What a tool says about other tools, and what others may rely on, as far as its definition makes sense. */
export interface ToolLinks {
  readonly name: string;
  readonly effect: unknown;
  readonly worker: unknown;
  readonly requires: readonly (Source & { readonly argument: string })[];
  readonly after: readonly string[];
  readonly fallback?: string;
  /** Arguments that the model must write. */
  readonly needs: readonly string[];
  /** What its input accepts. */
  readonly input: JsonObject;
  /** The same, without the arguments that other tools fill. */
  readonly written: JsonObject;
  /** Its result; empty where nothing is known about it. */
  readonly output: JsonObject;
}

/** `schema` is that of the arguments that the model writes. */
export function readLinks(given: Readonly<Record<string, unknown>>, schema: JsonObject): ToolLinks {
  const { requires, after, onFailure, input, output } = given;
  const filled = isRecord(requires) ? Object.keys(requires) : [];
  const fallback = isRecord(onFailure) ? onFailure.fallback : undefined;
  return {
    name: String(given.name),
    effect: given.effect,
    worker: given.worker,
    requires: Object.entries(isRecord(requires) ? requires : {}).flatMap(([argument, source]) =>
      isSource(source) ? [{ ...source, argument }] : [],
    ),
    after: Array.isArray(after) ? after.filter((name) => typeof name === 'string') : [],
    ...(typeof fallback === 'string' && { fallback }),
    needs: requiredOf(schema).map(String),
    input: isObjectSchema(input) ? toAcceptedSchema(input) : {},
    written: isObjectSchema(input) ? toAcceptedSchema(withoutFilled(input, filled)) : {},
    output: isZodSchema(output) ? toOutputSchema(output) : {},
  };
}

/** What is wrong with what tools say about each other. */
export function linkFaults(all: readonly ToolLinks[]): string[] {
  const tools = new Map(all.map((tool) => [tool.name, tool]));
  const own = all.flatMap((tool) => {
    const faults = [...requiredFaults(tool, tools), ...afterFaults(tool, tools), ...fallbackFaults(tool, tools)];
    return [...new Set(faults)].map((fault) => `tool '${tool.name}': ${fault}`);
  });
  return [...own, ...circleFaults(all)];
}

type Tools = ReadonlyMap<string, ToolLinks>;

function requiredFaults(tool: ToolLinks, tools: Tools): string[] {
  return tool.requires.flatMap(({ tool: name, field, argument }) => {
    const required = tools.get(name);
    if (required === undefined) return [`it requires ${unknownTool(name, tools)}`];
    if (required === tool) return ['it requires itself; name another tool'];
    return [...sourceFaults(required), ...fieldFaults(required, field, wantedOf(tool, argument))];
  });
}

interface Wanted extends Located {
  readonly argument: string;
}

function wantedOf({ input }: ToolLinks, argument: string): Wanted {
  return { argument, root: input, schema: propertiesOf(input)[argument] ?? {} };
}

function sourceFaults({ name, effect, needs }: ToolLinks): string[] {
  if (effect === 'write') {
    return [`it requires '${name}', a write, which only the model may call; require a read, or name it in 'after'`];
  }
  if (needs.length === 0) return [];
  const missing = needs.map((need) => `'${need}'`).join(', ');
  return [
    `it requires '${name}', which cannot be called without ${missing}; make them optional there, or fill them by its own 'requires'`,
  ];
}

/** A field may lie deeper: dots lead into objects. Only objects whose schema names all fields are looked at. */
function fieldFaults({ name, output }: ToolLinks, field: string, { argument, ...wanted }: Wanted): string[] {
  let at: Located = { root: output, schema: output };
  for (const part of field.split('.')) {
    const found = fieldOf(at, part);
    if (found === undefined) return [];
    if (!('root' in found)) {
      const advice = suggestName(part, found, 'fields');
      return [`it requires '${field}' of '${name}', whose 'output' has no '${part}'; ${advice}`];
    }
    at = found;
  }
  const reason = neverFits(at, wanted);
  if (reason === undefined) return [];
  return [
    `its argument '${argument}' cannot be filled: '${field}' of '${name}' ${reason}; require another field, or change one of the schemas`,
  ];
}

function afterFaults(tool: ToolLinks, tools: Tools): string[] {
  return tool.after.flatMap((name) => {
    if (!tools.has(name)) return [`it comes after ${unknownTool(name, tools)}`];
    return name === tool.name ? ["it comes after itself; remove it from 'after'"] : [];
  });
}

function fallbackFaults(tool: ToolLinks, tools: Tools): string[] {
  const { fallback } = tool;
  if (fallback === undefined) return [];
  const other = tools.get(fallback);
  if (other === undefined) return [`it falls back to ${unknownTool(fallback, tools)}`];
  if (other === tool) return ['it falls back to itself; name another tool'];
  if (other.effect === 'write') {
    return [`it falls back to '${fallback}', a write, which only the model may call; name a read`];
  }
  if (other.worker !== undefined) {
    return [`it falls back to '${fallback}', which runs at a worker ('worker'); name a read that runs at home`];
  }
  // What its own input does not name is not passed on.
  const given = { additionalProperties: false, ...tool.input };
  const reason = neverFits({ root: given, schema: given }, { root: other.written, schema: other.written });
  if (reason === undefined) return [];
  return [
    `it falls back to '${fallback}', which gets the same arguments, but never accepts them: what it gets ${reason}; change one of the schemas, or name another read`,
  ];
}

function circleFaults(all: readonly ToolLinks[]): string[] {
  const waits = all.map(
    ({ name, requires, after }) => [name, [...requires.map((source) => source.tool), ...after]] as const,
  );
  const fallbacks = all.map(({ name, fallback }) => [name, fallback === undefined ? [] : [fallback]] as const);
  return [
    ...findCircles(new Map(waits)).map(
      (path) => `tools wait for each other in a circle, ${pathText(path)}; remove one 'requires' or 'after' of it`,
    ),
    ...findCircles(new Map(fallbacks)).map(
      (path) => `tools fall back to each other in a circle, ${pathText(path)}; remove one 'fallback' of it`,
    ),
  ];
}

function pathText(path: readonly string[]): string {
  return path.map((name) => `'${name}'`).join(' → ');
}

function unknownTool(name: string, tools: Tools): string {
  return `'${name}', but there is no such tool; ${suggestName(name, [...tools.keys()], 'tools')}`;
}

/**
 * Circles of two or more in a graph, each as its path back to where it begins: one for every node that is in one, unless
 * a circle before has that node.
 */
function findCircles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  for (const start of edges.keys()) {
    if (circles.some((circle) => circle.includes(start))) continue;
    const circle = findPathBack(edges, start);
    if (circle !== undefined) circles.push(circle);
  }
  return circles;
}

/** The shortest one, without steps from a node to itself. */
function findPathBack(edges: ReadonlyMap<string, readonly string[]>, start: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const paths: (readonly string[])[] = [[start]];
  for (const path of paths) {
    const last = path.at(-1) ?? start;
    for (const next of edges.get(last) ?? []) {
      if (next === last) continue;
      if (next === start) return [...path, start];
      if (!seen.has(next)) paths.push([...path, next]);
      seen.add(next);
    }
  }
  return undefined;
}
