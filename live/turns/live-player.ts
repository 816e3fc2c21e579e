import type { TurnCommand } from '../../turn/turn-state.ts';
import { isLeftToRecord } from '../calls/call-step.ts';

type Command<T extends TurnCommand['type']> = Extract<TurnCommand, { type: T }>;

/** What can be done at home, each step as one run that its record claims later: see `home-steps.ts`. */
export interface HomeSteps {
  readonly think: (command: Command<'think'>) => Promise<unknown>;
  readonly voice: (command: Command<'voice'>) => Promise<unknown>;
  readonly callTool: (command: Command<'call_tool'>) => Promise<unknown>;
  readonly cancel: (step: string) => void;
}

/** Does what the rules command. */
export interface Player {
  readonly perform: (commands: readonly TurnCommand[]) => void;
}

/**
 * The live player: does what the rules command as soon as they command it, in the process that talks to the caller, and
 * does not wait for the record. The record's steps come later and claim what was done.
 *
 * 1. A write, and what a tools-only worker runs, is left to the record: it begins when the workflow asks for it, and not
 *    before (I1).
 * 2. It is disposable (I6): stopped at any moment, each further step is done when the record asks for it.
 */
export class LivePlayer implements Player {
  readonly #steps: HomeSteps;

  constructor(steps: HomeSteps) {
    this.#steps = steps;
  }

  perform(commands: readonly TurnCommand[]): void {
    for (const command of commands) this.#perform(command)?.catch(leftToTheRecord);
  }

  #perform(command: TurnCommand): Promise<unknown> | undefined {
    switch (command.type) {
      case 'think':
        return this.#steps.think(command);
      case 'voice':
        // A preamble is being said since the model wrote it, and the record has no step for it.
        return command.kind === 'preamble' ? undefined : this.#steps.voice(command);
      case 'call_tool':
        return isLeftToRecord(command.call.policy) ? undefined : this.#steps.callTool(command);
      case 'cancel':
        this.#steps.cancel(command.step);
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
