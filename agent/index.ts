export type { Item } from '../contract/items.ts';
export type { Agent, Tool, ToolContext, ToolSource } from './agent.ts';
export type { AgentOptions } from './agent-options.ts';
export { AgentDefinitionError, defineAgent } from './define-agent.ts';
export { type DefinedTool, defineTool, from, type ToolDefinition, type ToolOptions } from './define-tool.ts';
