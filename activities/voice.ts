import type { VoiceInput, VoiceResult } from '../contract/steps.ts';
import { voiceForRecord } from '../live/turns/home-steps.ts';
import { voiceContent } from '../live/speech/voice-queue.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { currentRun } from './open-at-home.ts';
import { runStep } from './run-step.ts';
import { reportEndWithSpeech } from './report-end.ts';

/**
 * A turn's last speech: claims what is being said, or says it. Completes when it was played out and, if the turn ends
 * with it, the end was reported.
 */
export function createVoice(deps: ActivityDependencies) {
  return async function voice(input: VoiceInput): Promise<VoiceResult> {
    return runStep(deps, input, {
      content: voiceContent(input),
      // A record that ended otherwise, e.g. by its deadline, asks for words that must not be heard any more.
      ifEnded: () => UNSAID,
      run: async (turn) => {
        const voiced = await voiceForRecord(turn, input);
        const reported = await reportEndWithSpeech(deps, turn);
        if (reported === undefined) return voiced;
        const result = { ...voiced, told: reported };
        deps.turns.endedRuns.add(currentRun(), input.step, result);
        return result;
      },
    });
  };
}

const UNSAID: VoiceResult = { heardText: '', durationMs: 0, interrupted: true };
