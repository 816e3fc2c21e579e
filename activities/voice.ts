import type { VoiceInput, VoiceResult } from '../contract/steps.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';
import type { StepWork } from './run-step.ts';

/** Sees one speech to its end: claims what `think` has begun to say, or says it; completes when it was played out. */
export function createVoice(deps: ActivityDependencies) {
  return async function voice(input: VoiceInput): Promise<VoiceResult> {
    return runStep(deps, input, {
      kind: 'voice',
      name: input.kind,
      cancellable: true,
      run: (work) => speak(input, work),
    });
  };
}

async function speak(
  { speech: id, kind, text }: VoiceInput,
  { turn, publish, signal }: StepWork,
): Promise<VoiceResult> {
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
