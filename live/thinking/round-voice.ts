import type { SpeechKind } from '../../contract/items.ts';
import type { Speech } from '../../contract/rounds.ts';
import { FIRST_BEFORE_WORDS, speechId } from '../../turn/steps.ts';
import { sayFillers } from '../speech/fillers.ts';
import type { TextSpeech } from '../speech/text-speech.ts';
import type { Speaker } from './round-words.ts';
import type { Thinking } from './think-step.ts';

/**
 * Says the words of one round in the turn's voice: the speech begins with the first of them, and there is none without. Until
 * then the caller waits, and the agent's fillers are said.
 */
export class RoundVoice implements Speaker {
  readonly #round: number;
  readonly #thinking: Thinking;
  readonly #waitIsOver = new AbortController();
  #filling: Promise<readonly Speech[]> = Promise.resolve([]);
  #speech: TextSpeech | undefined;

  constructor(round: number, thinking: Thinking) {
    this.#round = round;
    this.#thinking = thinking;
  }

  beginWait(): void {
    const { agent, turn, publish, signal } = this.#thinking;
    const aside = { round: this.#round, from: FIRST_BEFORE_WORDS };
    const until = AbortSignal.any([this.#waitIsOver.signal, signal, turn.nextBargeIn]);
    this.#filling = sayFillers(agent.fillers, { turn, publish, aside, signal: until });
  }

  endWait(): void {
    this.#waitIsOver.abort();
  }

  /** What was said while the caller waited. */
  async fillers(): Promise<{ readonly spoken?: readonly Speech[] }> {
    this.endWait();
    const spoken = await this.#filling;
    return spoken.length > 0 ? { spoken } : {};
  }

  say(text: string): void {
    const { turn, publish } = this.#thinking;
    this.endWait();
    this.#speech ??= turn.voice.begin(speechId(this.#round, 1), publish);
    this.#speech.say(text);
  }

  flush(): void {
    this.#speech?.flush();
  }

  end(kind: SpeechKind = 'answer'): void {
    this.#speech?.end(kind);
  }

  cut(): void {
    this.#speech?.cut();
  }
}
