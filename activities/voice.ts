import type { VoiceInput, VoiceResult } from '../contract/steps.ts';
import { voiceAtHome } from '../live/home-steps.ts';
import { endedPreambles } from '../live/played-rounds.ts';
import { voiceContent } from '../live/step-work.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';

/** Sees a turn's last speech to its end: claims what is being said, or says it; completes when it was played out. */
export function createVoice(deps: ActivityDependencies) {
  return async function voice(input: VoiceInput): Promise<VoiceResult> {
    return runStep(deps, input, {
      content: voiceContent(input),
      run: async (turn) => {
        const voiced = await voiceAtHome(turn, input);
        const earlier = endedPreambles(turn.played);
        return { ...voiced, ...(earlier.length > 0 && { earlier }) };
      },
    });
  };
}
