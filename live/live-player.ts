import type { TurnCommand } from '../turn/turn-state.ts';
import { callAtHome, thinkAtHome, voiceAtHome } from './home-steps.ts';
import type { LiveTurn, Player } from './live-turn.ts';
import type { StepDependencies } from './step-work.ts';

/**
 * The live player: does what the rules command as soon as they command it, in the process that talks to the caller, and
 * does not wait for the record. The record's steps come later and claim what was done.
 *
 * 1. A write is left to the record: it runs when the workflow has scheduled it, and not before (I1).
 * 2. It is disposable (I6): stopped at any moment, each further step is done when the record asks for it.
 */
export class LivePlayer implements Player {
  readonly #turn: LiveTurn;
  readonly #deps: StepDependencies;

  constructor(turn: LiveTurn, deps: StepDependencies) {
    this.#turn = turn;
    this.#deps = deps;
  }

  perform(commands: readonly TurnCommand[]): void {
    for (const command of commands) this.#perform(command)?.catch(leftToTheRecord);
  }

  #perform(command: TurnCommand): Promise<unknown> | undefined {
    switch (command.type) {
      case 'think':
        return thinkAtHome(this.#turn, command, this.#deps);
      case 'voice':
        return voiceAtHome(this.#turn, command);
      case 'call_tool': {
        const { step, call } = command;
        return call.policy.effect === 'read' ? callAtHome(this.#turn, { step, ...call }, this.#deps) : undefined;
      }
      case 'cancel':
        this.#turn.claims.cancel(command.step);
        return undefined;
      case 'finish':
        return undefined;
    }
  }
}

/** The rules have heard of the failure; the step that claims this run fails with it. */
function leftToTheRecord(): void {
  return;
}
