import type { BargeIn } from '../../contract/barge-in.ts';
import type { CallResult, PlannedCall, Speech, Voiced } from '../../contract/rounds.ts';
import { advance, beginTurn } from '../../turn/advance.ts';
import { bargeInOf, cancels } from '../../turn/barge-in.ts';
import { failedResult } from '../../turn/plan-calls.ts';
import { speechId } from '../../turn/steps.ts';
import type { Advance, TurnCommand, TurnHappening, TurnState } from '../../turn/turn-state.ts';
import { TERMS, resultOf, roundOf, type ScriptedRound } from './played-turn.ts';
import { textInput } from '../text-input.ts';

/** At the moment before the `at`-th happening the caller speaks; `shares` decide what was begun and heard by then. */
export interface ScriptedBargeIn {
  readonly at: number;
  readonly shares: readonly number[];
}

/** What home did of a turn: the state its rules came to, and what each step gave. */
export interface Home {
  readonly state: TurnState;
  readonly results: ReadonlyMap<string, TurnHappening>;
  readonly bargeIns: readonly BargeIn[];
}

interface Playing {
  readonly script: readonly ScriptedRound[];
  readonly picks: readonly number[];
}

/** Plays a turn as the process does that talks to the caller: it decides the order, and what a barge-in does. */
export function playAtHome({ script, picks }: Playing, bargeIns: readonly ScriptedBargeIn[]): Home {
  const results = new Map<string, TurnHappening>();
  const made: BargeIn[] = [];
  const due: { readonly step: string; readonly happening: TurnHappening }[] = [];
  let state!: TurnState;
  const follow = (next: Advance): void => {
    state = next.state;
    for (const command of next.commands) {
      const happening = happeningOf(command, script);
      if (happening && 'step' in command) due.push({ step: command.step, happening });
    }
  };
  follow(beginTurn(TERMS, textInput('Hello')));
  for (let count = 0; due.length > 0 || bargeIns.some((bargeIn) => bargeIn.at === count); count += 1) {
    const scripted = bargeIns.find((bargeIn) => bargeIn.at === count);
    if (scripted) {
      const bargeIn = bargeInNow(state, { scripted, id: `cut-${count}`, begun: due.map(({ step }) => step) });
      if (bargeIn) {
        made.push(bargeIn);
        follow(advance(state, { type: 'interrupted', bargeIn }));
        for (const open of due.splice(0)) {
          const happening = afterBargeIn(open.happening, open.step, bargeIn);
          if (happening === open.happening) due.push(open);
          else results.set(open.step, happening);
        }
      }
    }
    const [next] = due.splice(pickInOrder(due, pick(picks, count, due.length)), 1);
    if (!next) continue;
    results.set(next.step, next.happening);
    follow(advance(state, next.happening));
    if (count > 10_000) throw new Error('The turn does not end');
  }
  return { state, results, bargeIns: made };
}

/**
 * Plays the turn as its workflow does, which hears of what home did in any order: of ends of steps in the order of
 * `picks`, and of a barge-in before or after any of them.
 */
export function playFromHome(
  home: Home,
  picks: readonly number[],
): { state: TurnState; commands: readonly TurnCommand[] } {
  const commands: TurnCommand[] = [];
  const bargeIns = [...home.bargeIns];
  const due: TurnHappening[] = [];
  let state!: TurnState;
  const follow = (next: Advance): void => {
    state = next.state;
    commands.push(...next.commands);
    due.push(...next.commands.flatMap((command) => atHome(command, home)));
  };
  follow(beginTurn(TERMS, textInput('Hello')));
  for (let count = 0; due.length > 0 || bargeIns.length > 0; count += 1) {
    const choice = pick(picks, count, due.length + (bargeIns.length > 0 ? 1 : 0));
    const bargeIn = choice === due.length ? bargeIns.shift() : undefined;
    const [happening] = bargeIn ? [{ type: 'interrupted', bargeIn } as const] : due.splice(choice, 1);
    if (happening) follow(advance(state, happening));
    if (count > 10_000) throw new Error('The turn does not end');
  }
  return { state, commands };
}

/** What home answers a step with: what it did of it, or that it is not wanted any more. */
function atHome(command: TurnCommand, { results, bargeIns }: Home): TurnHappening[] {
  if (!('step' in command) || command.type === 'cancel') return [];
  const done = results.get(command.step);
  const last = bargeIns.at(-1);
  if (done) return [done];
  if (command.type === 'think')
    return [{ type: 'thought', round: command.round, text: '', calls: [], ...(last && { bargeIn: last }) }];
  if (command.type === 'call_tool') return [cancelled(command.step, last)];
  const voiced = bargeIns.flatMap(({ said }) => said).findLast((speech) => speech.speech === command.speech)?.voiced;
  return [{ type: 'voiced', speech: command.speech, voiced: voiced ?? UNHEARD }];
}

function afterBargeIn(happening: TurnHappening, step: string, bargeIn: BargeIn): TurnHappening {
  if (happening.type === 'voiced') {
    const voiced = bargeIn.said.find((speech) => speech.speech === happening.speech)?.voiced;
    return voiced ? { ...happening, voiced } : happening;
  }
  if (!cancels(bargeIn, step)) return happening;
  if (happening.type === 'call_settled') return cancelled(step, bargeIn);
  if (happening.type !== 'thought' && happening.type !== 'think_failed') return happening;
  const text = bargeIn.said.find((speech) => speech.speech === speechId(happening.round, 1))?.text ?? '';
  return { type: 'thought', round: happening.round, text, calls: [], bargeIn };
}

export function cancelled(call: string, bargeIn: BargeIn | undefined): TurnHappening {
  return { type: 'call_settled', call, result: CANCELLED, ...(bargeIn && { bargeIn }) };
}

interface BargeInAt {
  readonly scripted: ScriptedBargeIn;
  readonly id: string;
  /** Steps that are under way. */
  readonly begun: readonly string[];
}

function bargeInNow(state: TurnState, { scripted: { shares }, id, begun }: BargeInAt): BargeIn | undefined {
  let next = 0;
  const share = (): number => (shares[next++ % shares.length] ?? 0) / 100;
  const running = new Set(begun.filter((step) => step.startsWith('tool') && share() > 0.3));
  const speeches = state.rounds.flatMap((round) => round.speeches);
  const said: Speech[] = speeches.map((speech) => ({
    ...speech,
    voiced: speech.voiced ?? partOf(speech.text, share()),
  }));
  if (state.thinking !== undefined && share() > 0.5) said.push(halfSaid(state.thinking, share()));
  return bargeInOf(state, { id, running, said });
}

function halfSaid(round: number, share: number): Speech {
  const text = 'Well, I would';
  return { speech: speechId(round, 1), kind: 'answer', text, voiced: partOf(text, share) };
}

export function partOf(text: string, share: number): Voiced {
  return { heardText: text.slice(0, Math.round(text.length * share)), durationMs: 10, interrupted: true };
}

export function happeningOf(command: TurnCommand, script: readonly ScriptedRound[]): TurnHappening | undefined {
  switch (command.type) {
    case 'think': {
      const { fails, ...thought } = roundOf(script, command.round);
      if (fails) return { type: 'think_failed', round: command.round, said: thought.text };
      return { type: 'thought', round: command.round, ...thought };
    }
    case 'voice':
      return { type: 'voiced', speech: command.speech, voiced: { heardText: command.text, durationMs: 10 } };
    case 'call_tool':
      return { type: 'call_settled', call: command.step, result: toResult(command.step, command.call) };
    default:
      return undefined;
  }
}

/** Some calls say a filler while they are open. */
function toResult(step: string, { name }: PlannedCall): CallResult {
  const result = resultOf(step, name);
  if (name !== 'slow') return result;
  const [, round = '1', index = '0'] = step.split(':');
  const speech = speechId(Number(round), 3 + Number(index));
  const voiced = { heardText: 'Still looking.', durationMs: 10 };
  return { ...result, spoken: [{ speech, kind: 'filler', text: 'Still looking.', voiced }] };
}

/** One voice: of several speeches the first is over first. */
function pickInOrder(due: readonly { readonly happening: TurnHappening }[], picked: number): number {
  if (due[picked]?.happening.type !== 'voiced') return picked;
  return due.findIndex(({ happening }) => happening.type === 'voiced');
}

function pick(picks: readonly number[], count: number, choices: number): number {
  return choices === 0 ? 0 : (picks[count % picks.length] ?? 0) % choices;
}

/** Words of a step that voices nothing any more. */
const UNHEARD: Voiced = { heardText: '', durationMs: 0, interrupted: true };
const CANCELLED = failedResult({ kind: 'cancelled', message: 'The caller spoke before it was done' });
