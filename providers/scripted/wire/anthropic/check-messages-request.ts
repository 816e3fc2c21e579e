import { blocksOf, type ClaudeMessage, type ClaudeTool, mayThink, type MessagesRequest } from './messages-request.ts';
import { signatureOf } from './messages-wire.ts';

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const PROPERTY = /^[a-zA-Z0-9_.-]{1,64}$/;

/** What the real server refuses with 400, in its words. */
export function checkMessagesRequest(request: Partial<MessagesRequest>): string | undefined {
  const { messages, max_tokens: maxTokens, tools = [] } = request;
  if (typeof maxTokens !== 'number') return 'max_tokens: Field required';
  if (!Array.isArray(messages) || messages.length === 0) return 'messages: at least one message is required';
  if (request.stream !== true) return 'stream: this server only streams';
  return findMessageFault(messages, request) ?? tools.map(findToolFault).find((fault) => fault !== undefined);
}

function findMessageFault(messages: readonly ClaudeMessage[], request: Partial<MessagesRequest>): string | undefined {
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  let open: readonly string[] = [];
  for (const [at, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (blocks.length === 0) return `messages.${at}: all messages must have non-empty content`;
    const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    if (open.some((id) => !results.includes(id)))
      return `messages.${at}: tool_use ids were found without tool_result blocks immediately after`;
    if (results.some((id) => !open.includes(id))) return `messages.${at}: unexpected tool_use_id in tool_result blocks`;
    open = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    for (const block of blocks) {
      if (block.type === 'text' && block.text.trim() === '')
        return `messages.${at}: text content blocks must contain non-whitespace text`;
      if (block.type === 'thinking' && block.signature !== signatureOf(block.thinking))
        return `messages.${at}: Invalid signature in thinking block`;
    }
  }
  return findEndFault(messages, request);
}

function findEndFault(messages: readonly ClaudeMessage[], request: Partial<MessagesRequest>): string | undefined {
  const last = messages.at(-1);
  return last?.role === 'assistant' ? findPrefillFault(last, request) : findThoughtFault(messages, request);
}

function findPrefillFault(last: ClaudeMessage, { thinking }: Partial<MessagesRequest>): string | undefined {
  if (thinking !== undefined && mayThink({ thinking })) return 'Prefilling is not supported with extended thinking';
  const end = blocksOf(last).at(-1);
  const isBlankAtEnd = end?.type === 'text' && /\s$/.test(end.text);
  return isBlankAtEnd ? 'final assistant content cannot end with trailing whitespace' : undefined;
}

/** Rounds of the turn that goes on begin with their thoughts. */
function findThoughtFault(
  messages: readonly ClaudeMessage[],
  { thinking }: Partial<MessagesRequest>,
): string | undefined {
  const goesOn = messages.slice(-1).some((last) => blocksOf(last).some(({ type }) => type === 'tool_result'));
  const latest = messages.findLast(({ role }) => role === 'assistant');
  const [first] = latest ? blocksOf(latest) : [];
  if (!goesOn || thinking?.type !== 'enabled' || first?.type === 'thinking') return undefined;
  return `Expected \`thinking\`, but found \`${String(first?.type)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`;
}

function findToolFault({ name, input_schema: schema }: ClaudeTool, at: number): string | undefined {
  if (!TOOL_NAME.test(name)) return `tools.${at}.custom.name: String should match pattern '${TOOL_NAME.source}'`;
  const isNamed = Object.keys(schema.properties ?? {}).every((property) => PROPERTY.test(property));
  return isNamed
    ? undefined
    : `tools.${at}.custom.input_schema.properties: Property keys should match pattern '${PROPERTY.source}'`;
}
