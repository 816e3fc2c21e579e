import { findCircles } from './find-circles.ts';
import { suggestName } from './nearest-name.ts';
import type { ToolLinks } from './tool-links.ts';
import { isObjectSchema } from './tool-rules.ts';

/** What is wrong with what tools say of each other. */
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
  return tool.requires.flatMap(({ tool: name, field }) => {
    const required = tools.get(name);
    if (required === undefined) return [`it requires ${unknownTool(name, tools)}`];
    if (required === tool) return ['it requires itself; name another tool'];
    return [...sourceFaults(required), ...fieldFaults(required, field)];
  });
}

function sourceFaults({ name, effect, needs }: ToolLinks): string[] {
  if (effect === 'write') {
    return [`it requires '${name}', a write, which only the model may ask for; require a read, or name it in 'after'`];
  }
  if (needs.length === 0) return [];
  const missing = needs.map((need) => `'${need}'`).join(', ');
  return [
    `it requires '${name}', which cannot be called without ${missing}; make that optional there, or fill it by its own 'requires'`,
  ];
}

/** A field may lie deeper: dots lead into objects. Only objects whose schema names all fields are looked at. */
function fieldFaults({ name, output }: ToolLinks, field: string): string[] {
  let schema = output;
  for (const part of field.split('.')) {
    if (!isObjectSchema(schema) || schema._zod.def.catchall !== undefined) return [];
    const { shape } = schema._zod.def;
    const parts = Object.keys(shape);
    if (!parts.includes(part)) {
      return [
        `it requires '${field}' of '${name}', whose 'output' has no '${part}'; ${suggestName(part, parts, 'fields')}`,
      ];
    }
    schema = shape[part];
  }
  return [];
}

function afterFaults(tool: ToolLinks, tools: Tools): string[] {
  return tool.after.flatMap((name) => {
    if (!tools.has(name)) return [`it comes after ${unknownTool(name, tools)}`];
    return name === tool.name ? ["it comes after itself; take it out of 'after'"] : [];
  });
}

function fallbackFaults(tool: ToolLinks, tools: Tools): string[] {
  const { fallback } = tool;
  if (fallback === undefined) return [];
  const other = tools.get(fallback);
  if (other === undefined) return [`it falls back to ${unknownTool(fallback, tools)}`];
  if (other === tool) return ['it falls back to itself; name another tool'];
  if (other.effect !== 'write') return [];
  return [`it falls back to '${fallback}', a write, which only the model may ask for; name a read`];
}

function circleFaults(all: readonly ToolLinks[]): string[] {
  const waits = all.map(
    ({ name, requires, after }) => [name, [...requires.map((source) => source.tool), ...after]] as const,
  );
  const fallbacks = all.map(({ name, fallback }) => [name, fallback === undefined ? [] : [fallback]] as const);
  return [
    ...findCircles(new Map(waits)).map(
      (path) => `tools wait for each other in a circle, ${pathText(path)}; take out a 'requires' or an 'after' of it`,
    ),
    ...findCircles(new Map(fallbacks)).map(
      (path) => `tools fall back to each other in a circle, ${pathText(path)}; take out a 'fallback' of it`,
    ),
  ];
}

function pathText(path: readonly string[]): string {
  return path.map((name) => `'${name}'`).join(' → ');
}

function unknownTool(name: string, tools: Tools): string {
  return `'${name}', which no tool is named; ${suggestName(name, [...tools.keys()], 'tools')}`;
}
