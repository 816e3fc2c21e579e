import type { Voiced } from '../../contract/rounds.ts';
import type { StepWork, VoiceContent } from '../turns/step-work.ts';

/** Sees one speech to its end: claims what a model call has begun to say, or says it. Resolves when it was played out, or cut. */
export async function speakAloud(
  { speech: id, kind, text }: VoiceContent,
  { turn, publish, signal }: StepWork,
): Promise<Voiced> {
  let speech = turn.voice.claim(id, text);
  if (!speech) {
    speech = turn.voice.begin(id, publish);
    speech.say(text);
  }
  speech.end(kind);
  const cut = (): void => speech.cut();
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await speech.over;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
