import type { Agent } from '../../agent/agent.ts';
import { type Item, itemTypes } from '../../contract/items.ts';
import type { ProviderState } from '../../contract/rounds.ts';
import type { TurnStart, TurnTerms } from '../../contract/turn.ts';
import { toJsonText } from '../../providers/json-text.ts';
import type { ModelCall, ModelMessage, ModelRequest, ToolChoice } from '../../providers/model.ts';
import type { Round } from '../../turn/call.ts';

type SpeechItem = Extract<Item, { type: 'speech' }>;
type ResultItem = Extract<Item, { type: 'result' }>;

export interface Prompt {
  readonly agent: Agent;
  /** The conversation before this turn, then this turn so far. */
  readonly items: readonly Item[];
  /** Of this turn: what providers want back with their own messages. */
  readonly rounds: readonly Pick<Round, 'round' | 'providerState'>[];
  /** What was told of the conversation and of the turn. */
  readonly facts: Pick<TurnStart, 'context' | 'conversationContext' | 'terms'>;
  readonly mustAnswer: boolean;
}

/** What the model is sent: instructions, the conversation as it was heard, and the tools. Throws where a turn has no instructions. */
export function toModelRequest({ agent, items, rounds, facts, mustAnswer }: Prompt): ModelRequest {
  const { context, conversationContext, terms } = facts;
  const instructions = textOf(terms?.instructions, agent);
  const system = [instructions, ...toFacts('conversation', conversationContext), ...toFacts('turn', context)];
  const { temperature, maxTokens, reasoningEffort } = agent;
  return {
    model: agent.model,
    messages: [...system.map((text) => ({ role: 'system', text }) as const), ...toMessages(items, rounds)],
    tools: agent.tools.list().map(({ name, description, parameters }) => ({ name, description, parameters })),
    toolChoice: mustAnswer ? 'none' : firstOnly(agent.toolChoice, items),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(reasoningEffort !== undefined && { reasoningEffort }),
  };
}

function toFacts(of: 'conversation' | 'turn', text: string | undefined): string[] {
  return text === undefined ? [] : [`Facts for this ${of}, not to be read out:\n${text}`];
}

function textOf(written: TurnTerms['instructions'] | undefined, { instructions }: Agent): string {
  if (!written) return instructions ?? '';
  if ('fault' in written) throw new Error(written.fault);
  return written.text;
}

/** A tool that must be called is called once in a turn: with its result the model may answer. */
function firstOnly(toolChoice: ToolChoice, items: readonly Item[]): ToolChoice {
  const isForced = toolChoice === 'required' || typeof toolChoice === 'object';
  return isForced && items.at(-1)?.type !== 'user' ? 'auto' : toolChoice;
}

/** A preamble and the calls after it become one message; a call and its result are paired by ids of this request alone. */
export function toMessages(items: readonly Item[], rounds: Prompt['rounds'] = []): ModelMessage[] {
  const ids = new Map<string, string>();
  const states = new Map(rounds.map(({ round, providerState }) => [round, providerState]));
  const messages = new Messages();
  const lastTurn = items.filter(({ type }) => type === 'user').length;
  let turn = 0;
  for (const item of withOpenCalls(items.filter(isForModel))) {
    if (item.type === 'user') turn += 1;
    if (item.type === 'call') ids.set(`${turn}/${item.call}`, callId(ids.size + 1));
    const id = item.type === 'call' || item.type === 'result' ? ids.get(`${turn}/${item.call}`) : undefined;
    messages.add(item, id ?? callId(0));
    if (turn === lastTurn) messages.attach(states, roundOf(item));
  }
  return messages.all;
}

/** Nine letters and digits: some servers take no other. */
function callId(number: number): string {
  return `call${String(number).padStart(5, '0')}`;
}

/** An item of a type that only a later release knows may stand in a conversation that was played by both. */
function isForModel(item: Item): boolean {
  return itemTypes.has(item.type) && (item.type !== 'speech' || !isBesideCalls(item));
}

class Messages {
  readonly all: ModelMessage[] = [];
  /** Of the last message, where it is the model's. */
  #calls: ModelCall[] | undefined;

  add(item: Item, callId: string): void {
    switch (item.type) {
      case 'user':
        return this.#push({ role: 'user', text: item.text });
      case 'speech':
        return wordsFor(item) === '' ? undefined : this.#pushOwn(wordsFor(item));
      case 'call':
        if (!this.#calls) this.#pushOwn('');
        this.#calls?.push({ id: callId, name: item.name, arguments: toText(item.arguments) });
        return;
      case 'result':
        return this.#push({ role: 'tool', callId, text: resultText(item) });
    }
  }

  /** Gives the last message, where it is the model's, the state of its round, which no later one gets. */
  attach(states: Map<number, ProviderState | undefined>, round: number): void {
    const last = this.all.at(-1);
    const state = states.get(round);
    if (!state || last?.role !== 'assistant') return;
    states.delete(round);
    this.all[this.all.length - 1] = { ...last, state };
  }

  #push(message: ModelMessage): void {
    this.#calls = undefined;
    this.all.push(message);
  }

  #pushOwn(text: string): void {
    const calls: ModelCall[] = [];
    this.#push({ role: 'assistant', text, calls });
    this.#calls = calls;
  }
}

/** By the ids of speeches, `<round>-<n>`, and calls, `tool:<round>:…`. 0 for the caller's words. */
function roundOf(item: Item): number {
  if (item.type === 'user') return 0;
  return Number(item.type === 'speech' ? item.speech.split('-')[0] : item.call.split(':')[1]);
}

/** A call that goes on since the caller spoke stands with a result that says so, until it has one of its own. */
function withOpenCalls(items: readonly Item[]): readonly Item[] {
  const open = new Set<string>();
  const closed: Item[] = [];
  const close = (): void => {
    for (const call of open) closed.push({ type: 'result', call, ok: true, result: STILL_OPEN });
    open.clear();
  };
  for (const [index, item] of items.entries()) {
    if (item.type === 'result') open.delete(item.call);
    else if (item.type !== 'call' || items[index - 1]?.type === 'result') close();
    if (item.type === 'call') open.add(item.call);
    closed.push(item);
  }
  close();
  return closed;
}

const STILL_OPEN = 'This is still under way. It goes on by itself: do not call it again.';

/**
 * What was said while calls were open stands where a model takes no words. Fillers say nothing that matters; what the
 * caller has heard about a failure stands in its result.
 */
function isBesideCalls({ kind, speech }: SpeechItem): boolean {
  return kind === 'filler' || (kind === 'apology' && !speech.endsWith('-2'));
}

/** Words that were never heard were never said: the caller had spoken, or the voice had failed. */
function wordsFor(item: SpeechItem): string {
  return item.interrupted || item.degraded ? item.heardText : item.text;
}

function resultText({ result, error, guide, told }: ResultItem): string {
  const isUnknown = error?.kind === 'outcome_unknown';
  if (error) return toText({ error, ...(isUnknown && { note: NOT_KNOWN }), guide, callerWasTold: told });
  return toText(result ?? null);
}

const NOT_KNOWN =
  'Nobody knows whether this was done. Tell the caller so: do not say that it was done or that it failed, and do not do it again.';

function toText(args: unknown): string {
  return typeof args === 'string' ? args : toJsonText(args);
}
