export type { Item } from '../contract/items.ts';
export { ProviderFailure } from '../providers/failure.ts';
export type { SpeechRequest, TextToSpeech, WordTiming } from '../providers/text-to-speech.ts';
export type { Agent, Pronunciation, Reconciled, ServedTurn, Tool, ToolContext, ToolLog, ToolSource } from './agent.ts';
export type { AgentOptions, Instructed } from './agent-options.ts';
export { AgentDefinitionError, defineAgent, type DefinedAgent } from './define-agent.ts';
export { type DefinedTool, defineTool, from, type ToolDefinition, type ToolOptions } from './define-tool.ts';
export { ToolError } from '../contract/tool-error.ts';
export { secret, type SecretSchema } from './metadata/secret.ts';
