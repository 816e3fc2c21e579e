import type { OpenAI } from 'openai';
import { refusedParameter } from './refused-parameters.ts';

type SpeechWire = OpenAI.Audio.SpeechCreateParams;

/** What a request for speech can do without; some servers have no other format than WAV. */
const DISPENSABLE = ['response_format', 'speed', 'instructions'] as const;
export type RefusedBySpeech = (typeof DISPENSABLE)[number];

/** What a speech model has refused is not sent to it any more, as long as the process runs. */
export class SpeechTerms {
  readonly #refused = new Set<RefusedBySpeech>();
  readonly #onRefused: (parameter: RefusedBySpeech) => void;

  constructor(onRefused: (parameter: RefusedBySpeech) => void) {
    this.#onRefused = onRefused;
  }

  accepted(request: SpeechWire): SpeechWire {
    const isAccepted = ([name]: [string, unknown]): boolean => !this.#refused.has(name as RefusedBySpeech);
    const accepted = Object.fromEntries(Object.entries(request).filter(isAccepted)) as unknown as SpeechWire;
    return this.#refused.has('response_format') ? { ...accepted, response_format: 'wav' } : accepted;
  }

  /** Whether the error refuses something that the request can do without. From then on it does. */
  learn(error: unknown, request: SpeechWire): boolean {
    const sent = DISPENSABLE.filter((name) => name in request && !this.#refused.has(name));
    const parameter = refusedParameter(error, sent);
    if (parameter === undefined) return false;
    this.#refused.add(parameter);
    this.#onRefused(parameter);
    return true;
  }
}
