import { createCallTool } from './call-tool.ts';
import { createCloseTurn } from './close-turn.ts';
import { createCutTurn } from './cut-turn.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createPassGate } from './pass-gate.ts';
import { createPostTurn } from './post-turn.ts';
import { createRunTool, type ToolWorkerDependencies } from './run-tool.ts';
import { createTakeHome } from './take-home.ts';
import { createThink } from './think.ts';
import { createVoice } from './voice.ts';

/** The steps of a turn, done by the process that is its home. */
export function createHomeActivities(deps: ActivityDependencies) {
  return {
    think: createThink(deps),
    voice: createVoice(deps),
    callTool: createCallTool(deps),
    passGate: createPassGate(deps),
    cutTurn: createCutTurn(deps),
    closeTurn: createCloseTurn(deps),
    /** A probe: answers if home is alive. */
    probeHome: async (): Promise<void> => Promise.resolve(),
  };
}

/** What any process that serves the agent may do for a turn. */
export function createSharedActivities(deps: ActivityDependencies) {
  return { takeHome: createTakeHome(deps), postTurn: createPostTurn(deps) };
}

/** What a tools-only worker does. */
export function createToolActivities(deps: ToolWorkerDependencies) {
  return { runTool: createRunTool(deps) };
}

export type HomeActivities = ReturnType<typeof createHomeActivities>;
export type SharedActivities = ReturnType<typeof createSharedActivities>;
export type ToolActivities = ReturnType<typeof createToolActivities>;
