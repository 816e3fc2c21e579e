import type { CallResult, PlannedCall, ProviderState, Toolbox, ToolPolicy } from '../../contract/rounds.ts';
import type { Item } from '../../contract/items.ts';
import { advance, beginTurn } from '../../turn/advance.ts';
import { transcript } from '../../turn/transcript.ts';
import type { Advance, TurnCommand, TurnHappening, TurnState } from '../../turn/turn-state.ts';
import { textInput } from '../text-input.ts';

/** What the model says and asks for in one round; `fails`: the model call fails after these words. */
export interface ScriptedRound {
  readonly text: string;
  readonly calls: readonly PlannedCall[];
  readonly fails?: boolean;
  readonly toolbox?: Toolbox;
  readonly providerState?: ProviderState;
}

export interface PlayedTurn {
  readonly state: TurnState;
  /** One after the other, from the first to the last. */
  readonly states: readonly TurnState[];
  readonly items: readonly Item[];
  readonly commands: readonly TurnCommand[];
  readonly finishes: number;
}

export const POLICY: ToolPolicy = {
  effect: 'read',
  timeoutMs: 10,
  budgetMs: 20,
  attempts: 1,
  firstDelayMs: 1,
  start: 'at_once',
  fillers: [],
  onBargeIn: 'cancel',
  cacheMs: 0,
  thread: false,
};
export const TERMS = { maxRounds: 6, apology: 'Sorry.' };

/** Plays a turn by the rules alone. `picks` says which of the happenings that are due comes next; `cutAfter` puts one in between. */
export function playTurn(
  script: readonly ScriptedRound[],
  picks: readonly number[] = [],
  cut?: { readonly after: number; readonly by: Extract<TurnHappening, { type: 'deadline_passed' | 'interrupted' }> },
): PlayedTurn {
  const commands: TurnCommand[] = [];
  const due: TurnHappening[] = [];
  const states: TurnState[] = [];
  let state: TurnState;
  const follow = (next: Advance): void => {
    state = next.state;
    states.push(state);
    commands.push(...next.commands);
    due.push(...next.commands.flatMap((command) => happeningOf(command, script)));
  };
  const first = beginTurn(TERMS, textInput('Hello'));
  state = first.state;
  follow(first);
  for (let count = 0; due.length > 0; count += 1) {
    if (cut?.after === count) follow(advance(state, cut.by));
    const [happening] = due.splice((picks[count % Math.max(1, picks.length)] ?? 0) % due.length, 1);
    if (happening) follow(advance(state, happening));
    if (count > 10_000) throw new Error('The turn does not end');
  }
  const finishes = commands.filter((command) => command.type === 'finish').length;
  return { state, states, items: transcript(textInput('Hello'), state.rounds), commands, finishes };
}

function happeningOf(command: TurnCommand, script: readonly ScriptedRound[]): TurnHappening[] {
  switch (command.type) {
    case 'think': {
      const { fails, ...thought } = roundOf(script, command.round);
      if (fails) return [{ type: 'think_failed', round: command.round, said: thought.text }];
      return [{ type: 'thought', round: command.round, ...thought }];
    }
    case 'voice':
      return [{ type: 'voiced', speech: command.speech, voiced: { heardText: command.text, durationMs: 1 } }];
    case 'call_tool':
      return [{ type: 'call_settled', call: command.step, result: resultOf(command.step, command.call.name) }];
    case 'cancel':
    case 'finish':
      return [];
  }
}

/** Rounds that the script does not have are answers. */
export function roundOf(script: readonly ScriptedRound[], round: number): ScriptedRound {
  return script[round - 1] ?? { text: 'Done.', calls: [] };
}

/** A tool whose name begins with `fail` fails; any other has its own step as `id`. */
export function resultOf(step: string, name = ''): CallResult {
  if (!name.startsWith('fail')) return { ok: true, result: { id: step }, attempts: 1, durationMs: 1 };
  return { ok: false, error: { kind: 'failed', message: 'Down' }, attempts: 1, durationMs: 1 };
}
