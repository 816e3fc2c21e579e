import { GO_ON } from '../ordered-messages.ts';
import type { ChatCall, ChatMessage, ChatRequest } from './wire/chat-request.ts';

/** A tool's result as the model was shown it. */
export interface ToolResultView {
  readonly name: string;
  /** Parsed arguments of the call, or their text where that is not JSON. */
  readonly arguments: unknown;
  /** The parsed result, or its text where that is not JSON. */
  readonly value: unknown;
  /** The result is `{ error: { kind, message } }`. */
  readonly failed: boolean;
}

/** A model call as rules and reply functions see it. */
export interface RequestView {
  readonly messages: readonly ChatMessage[];
  /** The last user message. */
  readonly user: string;
  /** Which model call this is since the last user message, from 1: one more than the messages with calls since then. */
  readonly round: number;
  /** All results since the last user message, oldest first. */
  readonly results: readonly ToolResultView[];
  /** Results of the last round, if the messages end with them. */
  readonly latestResults: readonly ToolResultView[];
  /** All results of the conversation, oldest first. */
  readonly allResults: readonly ToolResultView[];
  /** False where `tool_choice` is `none`. */
  readonly mayCall: boolean;
  readonly toolNames: readonly string[];
}

export function viewRequest(request: ChatRequest): RequestView {
  const { messages } = request;
  const userAt = messages.findLastIndex((message) => message.role === 'user' && message.content !== GO_ON);
  const since = messages.slice(userAt + 1);
  const lastOther = since.findLastIndex((message) => message.role !== 'tool');
  const calls = since.flatMap(callsOf);
  return {
    messages,
    user: messages[userAt]?.content ?? '',
    round: since.filter((message) => message.tool_calls !== undefined).length + 1,
    results: toResults(since, calls),
    latestResults: toResults(since.slice(lastOther + 1), calls),
    allResults: toResults(messages, messages.flatMap(callsOf)),
    mayCall: request.tool_choice !== 'none',
    toolNames: (request.tools ?? []).map((tool) => tool.function.name),
  };
}

function callsOf({ tool_calls: calls = [] }: ChatMessage): readonly ChatCall[] {
  return calls;
}

function toResults(messages: readonly ChatMessage[], calls: readonly ChatCall[]): ToolResultView[] {
  return messages
    .filter((message) => message.role === 'tool')
    .map((message) => {
      const call = calls.find(({ id }) => id === message.tool_call_id);
      const value = parseJson(message.content ?? '');
      return {
        name: call?.function.name ?? '',
        arguments: parseJson(call?.function.arguments ?? ''),
        value,
        failed: isError(value),
      };
    });
}

function isError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'error' in value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
