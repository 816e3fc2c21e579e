export type { Item } from '../contract/items.ts';
export { ProviderFailure } from '../providers/failure.ts';
export type { SpeechRequest, TextToSpeech, WordTiming } from '../providers/text-to-speech.ts';
export type { Agent, Pronunciation, Tool, ToolContext, ToolLog, ToolSource } from './agent.ts';
export type { AgentOptions } from './agent-options.ts';
export { AgentDefinitionError, defineAgent } from './define-agent.ts';
export { type DefinedTool, defineTool, from, type ToolDefinition, type ToolOptions } from './define-tool.ts';
