import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';
import type { Agent } from '../../agent/agent.ts';
import { BYTES_PER_MS } from '../../contract/audio.ts';
import { ProviderFailure } from '../../providers/failure.ts';
import type { LanguageModel, ModelChunk, ModelMessage } from '../../providers/model.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import type { Gates } from './gates.ts';

export interface AskedCall {
  readonly name: string;
  readonly id: string;
  readonly preamble: string;
}

/** One try of a reply. `breaksAfter`: so many pieces come, then the line breaks. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly AskedCall[];
  /** The wire's index of the first call. */
  readonly firstIndex: number;
  readonly breaksAfter?: number;
}

/** What the model writes in each round of a turn, try by try; after the last round it answers. */
export interface ScriptedTurn {
  readonly rounds: readonly (readonly Reply[])[];
  readonly deadlineMs: number;
}

/** A tool was run: with what, for which call, and by which it could have been aborted. */
export interface Effect {
  readonly name: string;
  readonly id: string;
  readonly key: string;
  readonly isWrite: boolean;
  readonly signal: AbortSignal;
}

/** The calls of a reply that was written to its end, by turn and round, both from 0. */
export type Written = Map<string, readonly AskedCall[]>;

/** How often the model was asked, by turn and round, both from 0. */
export type Asked = Map<string, number>;

interface Seen {
  readonly asked: Asked;
  readonly written: Written;
}

/** A model that writes by script; which turn asks is known by the caller's words, which are the turn's place in `turns`. */
export function createModel(turns: readonly ScriptedTurn[], gates: Gates, seen: Seen): LanguageModel {
  const { asked, written } = seen;
  return {
    async *reply({ messages, toolChoice }, signal) {
      const { turn, round } = placeOf(messages);
      const place = `${turn}/${round}`;
      const attempt = asked.get(place) ?? 0;
      asked.set(place, attempt + 1);
      const script = toolChoice === 'none' ? undefined : turns[turn]?.rounds[round];
      const reply = script?.[Math.min(attempt, script.length - 1)] ?? ANSWER;
      for (const chunk of toChunks(reply).slice(0, reply.breaksAfter)) {
        await gates.pass('model', signal);
        yield chunk;
      }
      await gates.pass('model', signal);
      if (reply.breaksAfter !== undefined) throw new ProviderFailure('The line broke', { retryable: true });
      written.set(place, reply.calls);
    },
  };
}

const ANSWER: Reply = { text: 'That is all I know. It was a pleasure.', calls: [], firstIndex: 0 };

function placeOf(messages: readonly ModelMessage[]): { readonly turn: number; readonly round: number } {
  const from = messages.findLastIndex(({ role }) => role === 'user');
  const rounds = messages.slice(from).filter((message) => message.role === 'assistant' && message.calls.length > 0);
  return { turn: Number(messages[from]?.text), round: rounds.length };
}

function toChunks({ text, calls, firstIndex }: Reply): ModelChunk[] {
  const words = (text.match(/\S+\s*/g) ?? []).map((word): ModelChunk => ({ type: 'text', text: word }));
  const asked = calls.flatMap(({ name, id, preamble }, place): ModelChunk[] => {
    const json = JSON.stringify({ ...(preamble !== '' && { preamble }), id });
    const index = firstIndex + place;
    const half = Math.floor(json.length / 2);
    return [
      { type: 'call', index, name, arguments: json.slice(0, half) },
      { type: 'call', index, arguments: json.slice(half) },
    ];
  });
  return [...words, ...asked];
}

const MS_PER_CHARACTER = 60;
const FRAMES = 3;

/** A voice whose frames come one by one, or, where the text has an odd length, the last two at once. */
export function createVoice(gates: Gates): TextToSpeech {
  return {
    async *speak({ text }, signal) {
      const frame = new Uint8Array(Math.round((text.length * MS_PER_CHARACTER) / FRAMES) * BYTES_PER_MS);
      for (let index = 0; index < FRAMES; index += 1) {
        const isBurst = index === FRAMES - 1 && text.length % 2 === 1;
        if (!isBurst) await gates.pass('voice', signal);
        yield frame;
      }
    },
  };
}

export const READS = ['look', 'watch', 'wait'] as const;
export const WRITES = ['book', 'order', 'pay'] as const;

/** Reads and writes under every rule for a barge-in, with gates, fillers of one's own and of the agent. A tool with the id '3' fails. `elsewhere`: those that tools-only workers run. */
export function createAgent(effects: Effect[], gates: Gates, elsewhere: readonly string[] = []): Agent {
  const input = z.object({ id: z.string() });
  const tool = (name: string, effect: 'read' | 'write', more: object) =>
    defineTool({
      ...{ name, description: name, input, effect, timeoutMs: 4_000, budgetMs: 6_000, ...more },
      ...(elsewhere.includes(name) && { worker: 'elsewhere' }),
      run: async (args, { idempotencyKey: key, signal }) => {
        const { id } = args;
        effects.push({ name, id, key, isWrite: effect === 'write', signal });
        await gates.pass(`tool ${name}`, effect === 'read' ? signal : undefined);
        if (id === '3') throw new Error('It has no 3');
        return `${name} ${id}`;
      },
    });
  return defineAgent({
    name: 'joint',
    instructions: 'You are tested.',
    model: 'scripted',
    voice: 'scripted',
    fillers: [
      { afterMs: 200, say: ['One second.', 'I am on it.'] },
      { afterMs: 2_500, say: 'It takes a while. Please stay on the line.' },
    ],
    tools: [
      tool('look', 'read', {}),
      tool('watch', 'read', { onBargeIn: 'continue', fillers: [{ afterMs: 300, say: 'Still looking.' }] }),
      tool('wait', 'read', { onBargeIn: 'block' }),
      tool('book', 'write', {}),
      tool('order', 'write', { start: 'at_once' }),
      tool('pay', 'write', { onBargeIn: 'block', start: 'after_speech' }),
    ],
  });
}
