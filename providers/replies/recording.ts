import type { LanguageModel } from '../model.ts';
import { processClock } from '../../time/clock.ts';
import { readAsked, type Asked } from './asked.ts';
import type { TimedChunk } from './reply.ts';
import { ScriptError } from './script-error.ts';

export interface RecordedReply {
  /** The caller's words that it answers, and the round: by these it is found again. */
  readonly said: string;
  readonly round: number;
  /** With what the model took for each, in whole ms. */
  readonly chunks: readonly TimedChunk[];
}

/** What a real model replied, as JSON: `recordReplies` makes it. */
export interface Recording {
  readonly recording: 1;
  readonly replies: readonly RecordedReply[];
}

/** A model that passes on what another one replies, and keeps it. */
export interface RecordingModel extends LanguageModel {
  /** Of all complete replies until now; to be kept as JSON. */
  readonly recording: Recording;
}

/** Records the replies of a real model, for `converse(agent, { model: recording })` later. */
export function recordReplies(model: LanguageModel): RecordingModel {
  const replies: RecordedReply[] = [];
  return {
    get recording() {
      return { recording: 1, replies: [...replies] } as const;
    },
    async *reply(request, signal) {
      const { said, round } = readAsked(request);
      const chunks: TimedChunk[] = [];
      let sinceMs = processClock.nowMs();
      for await (const chunk of model.reply(request, signal)) {
        chunks.push({ afterMs: Math.round(processClock.nowMs() - sinceMs), chunk });
        yield chunk;
        sinceMs = processClock.nowMs();
      }
      replies.push({ said, round, chunks });
    },
  };
}

export function isRecording(script: unknown): script is Recording {
  return typeof script === 'object' && script !== null && Reflect.get(script, 'recording') === 1;
}

/** Recorded replies, each of which is given once. */
export class RecordedReplies {
  readonly #left: RecordedReply[];

  constructor({ replies }: Recording) {
    this.#left = [...replies];
  }

  next({ said, round }: Asked): readonly TimedChunk[] {
    const index = this.#left.findIndex((reply) => reply.said === said && reply.round === round);
    const [reply] = index === -1 ? [] : this.#left.splice(index, 1);
    if (reply) return reply.chunks;
    const left = this.#left.map((other) => `'${other.said}' (round ${other.round})`).join(', ') || 'none';
    throw new ScriptError(
      `The recording has no reply to '${said}' in round ${round}; left are: ${left}; record it anew`,
    );
  }
}
