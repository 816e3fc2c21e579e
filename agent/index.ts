export type { Item } from '../contract/items.ts';
export type { Agent, Tool, ToolContext } from './agent.ts';
export type { AgentOptions } from './agent-options.ts';
export { defineAgent } from './define-agent.ts';
export { defineTool, type ToolDefinition, type ToolOptions } from './define-tool.ts';
export { AgentDefinitionError } from './definition-faults.ts';
export { from } from './from.ts';
