import type { BegunSpeech } from '../../contract/steps.ts';
import type { Speech } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { TurnHappening, TurnState } from '../../turn/turn-state.ts';
import { roundOf } from '../../turn/steps.ts';
import type { VoiceQueue } from '../speech/voice-queue.ts';

/** A turn that this process has taken over. */
export interface ResumedTurn {
  readonly played: TurnState;
  readonly voice: VoiceQueue;
  readonly publish: (step: string, event: NewEvent) => void;
  readonly happened: (happening: TurnHappening) => void;
}

/**
 * Goes on with what an earlier home has begun to say. Readers are told that no more of it comes; what is left of it is said with the
 * step that it belongs to. A preamble has none: what is left of one is said now.
 */
export function resumeSpeech(turn: ResumedTurn, begun: readonly BegunSpeech[]): void {
  const publish = (event: NewEvent): void => turn.publish('takeover', event);
  for (const speech of begun.filter(({ sentences }) => sentences.length > 0)) {
    turn.voice.reserve([speech.speech, speech.rest?.speech ?? speech.speech]);
    const said = unvoiced(turn.played).find((open) => open.speech === speech.speech);
    if (!speech.voiced) turn.voice.goOnFrom(speech, publish);
    else if (said?.kind === 'preamble') turn.happened({ type: 'voiced', speech: said.speech, voiced: speech.voiced });
    else if (said ?? isOfOpenRound(turn.played, speech)) turn.voice.goOnFrom(speech, () => undefined);
    if (said?.kind === 'preamble' && !speech.voiced) sayRest(turn, said);
  }
}

function sayRest(turn: ResumedTurn, { speech: id, kind, text }: Speech): void {
  const publish = (event: NewEvent): void => turn.publish('takeover', event);
  void turn.voice.speak({ speech: id, kind, text }, { publish, signal: new AbortController().signal });
}

function unvoiced({ rounds }: TurnState): readonly Speech[] {
  return rounds.flatMap((round) => round.speeches).filter(({ voiced }) => !voiced);
}

function isOfOpenRound({ thinking }: TurnState, { speech }: BegunSpeech): boolean {
  return thinking === roundOf(speech);
}
