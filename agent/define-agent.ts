import type { z } from 'zod';
import type { Agent, Tool, ToolSource } from './agent.ts';
import { AGENT_DEFAULTS, type AgentOptions } from './agent-options.ts';
import { agentFaults } from './definition/agent-rules.ts';
import { toPhrases } from './definition/author-functions.ts';
import { type CheckedTool, checkTool } from './definition/check-tool.ts';
import { definedAt } from './define-tool.ts';
import { toModels } from './definition/models.ts';
import { describeValue, isRecord, withoutUndefined } from './definition/option-rules.ts';
import { toolModelFaults } from './definition/model-rules.ts';
import { deadlineFaults } from './definition/time-faults.ts';
import { linkFaults } from './definition/tool-links.ts';
import { createInstructions } from './definition/instructions.ts';
import { metadataLinkFaults } from './metadata/metadata-faults.ts';
import type { NoMetadata, WireOf } from './metadata/metadata-types.ts';
import { createMetadata } from './metadata/read-metadata.ts';

/** Everything that is wrong with an agent's definition, in one message of one line per fault. */
export class AgentDefinitionError extends Error {
  override readonly name = 'AgentDefinitionError';
  readonly faults: readonly string[];

  /** `places` says where what a fault begins with was defined, e.g. `tool 'find_order'`. */
  constructor(agent: unknown, faults: readonly string[], places: ReadonlyMap<string, string> = new Map()) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    const label = typeof agent === 'string' ? `'${agent}'` : describeValue(agent);
    const withPlace = (fault: string): string => {
      const place = places.get(/^tool '[^']*'/.exec(fault)?.[0] ?? '');
      return place === undefined ? fault : `${fault} (${place})`;
    };
    super([`Cannot define agent ${label}: its definition has ${count}:`, ...faults.map(withPlace)].join('\n- '));
    this.faults = faults;
  }
}

// A registered symbol, so that an agent that was defined with another copy of this package is recognized.
const agentMark = Symbol.for('legato.agent');

declare const types: unique symbol;

/** What `defineAgent` returns. The type of the metadata as clients send it is kept for tests. */
export interface DefinedAgent<Wire = unknown> extends Agent {
  readonly [types]?: { readonly metadata: Wire };
}

/**
 * Checks a whole definition and fills in every default.
 * @throws AgentDefinitionError with all faults in one message
 */
export function defineAgent<Meta extends z.ZodObject = NoMetadata>(
  options: AgentOptions<Meta>,
): DefinedAgent<WireOf<Meta>> {
  return create(options as unknown as AgentOptions);
}

function create(options: AgentOptions): Agent {
  if (!isRecord(options)) {
    throw new AgentDefinitionError(options, [`the definition must be an object; got ${describeValue(options)}`]);
  }
  const tools = Array.isArray(options.tools) ? options.tools.map((tool: unknown, index) => checkTool(tool, index)) : [];
  const given = Array.isArray(options.tools) ? options.tools.filter(isRecord) : [];
  const links = tools.flatMap((tool) => tool.links ?? []);
  const names = links.map(({ name }) => name);
  const faults = [
    ...agentFaults(options, names),
    ...deadlineFaults(options, given),
    ...metadataLinkFaults(options.metadata, given),
    ...tools.flatMap(({ label, faults }) => faults.map((fault) => `${label}: ${fault}`)),
    ...duplicateFaults(tools),
    ...linkFaults(links),
  ];
  if (faults.length > 0) throw new AgentDefinitionError(options.name, faults, placesOf(options.tools));
  const agent = createAgent(options, tools);
  const unfit = toolModelFaults(agent);
  if (unfit.length > 0) throw new AgentDefinitionError(options.name, unfit, placesOf(options.tools));
  return Object.defineProperty(agent, agentMark, { value: true });
}

function placesOf(tools: unknown): ReadonlyMap<string, string> {
  const places = (Array.isArray(tools) ? tools.filter(isRecord) : []).flatMap((tool) => {
    const place = definedAt(tool);
    return place === undefined ? [] : ([[`tool '${String(tool.name)}'`, place]] as const);
  });
  return new Map(places);
}

/** Whether a value came from `defineAgent`. */
export function isAgent(value: unknown): value is Agent {
  return typeof value === 'object' && value !== null && agentMark in value;
}

function createAgent(options: AgentOptions, checked: readonly CheckedTool[]): Agent {
  const { greeting, reasoningEffort, temperature, maxTokens, voiceSpeed, voiceInstructions } = options;
  const { apology = AGENT_DEFAULTS.apology, deadlineMs = AGENT_DEFAULTS.deadlineMs } = options;
  const { maxRounds = AGENT_DEFAULTS.maxRounds, modelTimeoutMs = AGENT_DEFAULTS.modelTimeoutMs } = options;
  const terms = { apology, deadlineMs, maxRounds, ...withoutUndefined({ greeting }) };
  return {
    name: options.name,
    ...createInstructions(options.instructions, terms),
    metadata: createMetadata(options.metadata),
    ...toModels(options),
    modelTimeoutMs,
    ...toVoice(options.voice),
    ...toFallbackVoice(options.fallbackVoice),
    language: Intl.getCanonicalLocales(options.language ?? AGENT_DEFAULTS.language)[0] ?? AGENT_DEFAULTS.language,
    fillers: (options.fillers ?? []).map(({ afterMs, say }) => ({ afterMs, say: toPhrases(say) })),
    voiceText: options.voiceText ?? 'plain',
    pronounce: options.pronounce ?? [],
    ...withoutUndefined({ reasoningEffort, temperature, maxTokens, voiceSpeed, voiceInstructions }),
    toolChoice: options.toolChoice ?? 'auto',
    terms,
    tools: createToolSource(checked),
  };
}

/** What a voice of the author's own is called. */
const OWN_VOICE = 'own';

function toVoice(voice: AgentOptions['voice']): Pick<Agent, 'voice' | 'speech'> {
  return typeof voice === 'string' ? { voice } : { voice: OWN_VOICE, speech: voice };
}

const OWN_FALLBACK_VOICE = 'own fallback';

function toFallbackVoice(voice: AgentOptions['fallbackVoice']): Pick<Agent, 'fallbackVoice'> {
  if (voice === undefined) return {};
  return { fallbackVoice: typeof voice === 'string' ? { name: voice } : { name: OWN_FALLBACK_VOICE, speech: voice } };
}

/** The agent's own tools. A tool may name another one that comes later in the list. */
function createToolSource(checked: readonly CheckedTool[]): ToolSource {
  const tools = new Map<string, Tool>();
  const source: ToolSource = { list: () => [...tools.values()], find: (name) => tools.get(name) };
  for (const tool of checked.flatMap(({ create }) => create?.(source) ?? [])) tools.set(tool.name, tool);
  return source;
}

function duplicateFaults(tools: readonly CheckedTool[]): string[] {
  const labels = tools.map(({ label }) => label);
  const repeated = new Set(labels.filter((label, index) => labels.indexOf(label) !== index));
  return [...repeated].map((label) => `${label} is defined more than once; rename or remove all but one`);
}
