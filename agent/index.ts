export type { Agent, Tool, ToolContext } from './agent.ts';
export { type AgentOptions, defineAgent } from './define-agent.ts';
export { defineTool, type ToolDefinition, type ToolOptions } from './define-tool.ts';
export { AgentDefinitionError } from './definition-faults.ts';
