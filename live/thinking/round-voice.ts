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

  /** What an earlier home of the turn has said of the round. */
  get saidBefore(): string {
    return this.#thinking.turn.voice.saidBefore(this.#id);
  }

  say(text: string): void {
    this.endWait();
    this.#begin().say(text);
  }

  get #id(): string {
    return speechId(this.#round, 1);
  }

  #begin(): TextSpeech {
    const { turn, publish } = this.#thinking;
    this.#speech ??= turn.voice.begin(this.#id, publish);
    return this.#speech;
  }

  flush(): void {
    this.#speech?.flush();
  }

  end(kind: SpeechKind = 'answer'): void {
    if (this.saidBefore !== '') this.#begin();
    this.#speech?.end(kind);
  }

  cut(): void {
    this.#speech?.cut();
  }
}
