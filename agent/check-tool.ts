import type { Tool } from './agent.ts';
import { createTool } from './create-tool.ts';
import type { ToolDefinition } from './define-tool.ts';
import { shown } from './definition-faults.ts';
import { withoutFilled } from './filled-arguments.ts';
import { type InputSchema, readInputSchema } from './model-schema.ts';
import { isRecord } from './option-rules.ts';
import { toolFaults } from './tool-faults.ts';
import { readLinks, type ToolLinks } from './tool-links.ts';
import { isObjectSchema } from './tool-rules.ts';

/** What checking a tool's definition by itself came to. */
export interface CheckedTool {
  /** How faults name the tool. */
  readonly label: string;
  readonly faults: readonly string[];
  /** What it says of other tools; absent if it has no name. */
  readonly links?: ToolLinks;
  /** Absent if there are faults. `tools` need not hold the others yet. */
  readonly create?: (tools: ReadonlyMap<string, Tool>) => Tool;
}

export function checkTool(given: unknown, index: number): CheckedTool {
  if (!isRecord(given)) {
    return {
      label: `tool ${index + 1}`,
      faults: [`it is ${shown(given)}, not a tool; give what 'defineTool' returns`],
    };
  }
  const faults = toolFaults(given);
  const hasName = typeof given.name === 'string' && given.name !== '';
  const label = hasName ? `tool '${String(given.name)}'` : `tool ${index + 1}`;
  const schema = readWritten(given);
  faults.push(...(schema?.faults ?? []));
  const links = hasName ? { links: readLinks(given, schema?.plain ?? {}) } : {};
  if (faults.length > 0 || schema === undefined) return { label, faults, ...links };
  const definition = given as unknown as ToolDefinition;
  return { label, faults, ...links, create: (tools) => createTool(definition, schema, tools) };
}

/** The schema of what the model writes. */
function readWritten({ input, requires, preamble }: Readonly<Record<string, unknown>>): InputSchema | undefined {
  if (!isObjectSchema(input)) return undefined;
  const filled = isRecord(requires) ? Object.keys(requires) : [];
  return readInputSchema(withoutFilled(input, filled), preamble !== 'off');
}
