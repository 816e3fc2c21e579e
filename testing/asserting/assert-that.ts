import { AssertionError } from 'node:assert';
import type { CallErrorKind } from '../../contract/items.ts';
import type { Outcome } from '../../contract/turn.ts';
import { showTurn } from '../show-turn.ts';
import type { BargeInMoment } from '../talk/barge-ins.ts';
import type { TestedResult, TestedTurn } from '../talk/tested-turn.ts';
import { checkTurn } from '../talk/argument-checks.ts';
import { describe, type Expected, matches } from './matches.ts';

/** What is claimed of a turn. Each claim that does not hold throws, with what happened in the turn. */
export class TurnAssertions {
  readonly #turn: TestedTurn;

  constructor(turn: TestedTurn) {
    this.#turn = turn;
  }

  /** The model called the tool. Of the arguments, those count that are named; text may be a pattern. */
  called(tool: string, args: Expected = {}): this {
    const calls = this.#turn.calls.filter(({ name }) => name === tool);
    const told = calls.map(({ arguments: given }) => given);
    if (told.some((given) => matches(given, args))) return this;
    const instead = calls.length > 0 ? `it was called with ${told.map(describe).join(', ')}` : this.#otherCalls();
    return this.#fail(`called '${tool}' with ${describe(args)}`, instead, { actual: told, expected: args });
  }

  didNotCall(tool: string): this {
    const told = this.#turn.calls.filter(({ name }) => name === tool).map(({ arguments: given }) => given);
    if (told.length === 0) return this;
    return this.#fail(`did not call '${tool}'`, `it was called with ${told.map(describe).join(', ')}`, {
      actual: told,
    });
  }

  /** The tools that were called, and no others, in this order. */
  calledOnly(...tools: readonly string[]): this {
    const actual = this.#turn.calls.map(({ name }) => name);
    if (matches(actual, tools)) return this;
    return this.#fail(`called only ${describe(tools)}`, this.#otherCalls(), { actual, expected: tools });
  }

  /** A call of the tool gave this result. Of an object, those fields count that are named. */
  got(tool: string, result: Expected): this {
    const results = this.#resultsOf(tool);
    if (results.some((one) => one.ok && matches(one.result, result))) return this;
    const instead = results.map(tellResult).join(', ') || this.#otherCalls();
    return this.#fail(`got ${describe(result)} from '${tool}'`, instead, { actual: results, expected: result });
  }

  /** A call of the tool failed in this way. */
  failed(tool: string, kind?: CallErrorKind): this {
    const results = this.#resultsOf(tool);
    if (results.some(({ error }) => error !== undefined && (kind === undefined || error.kind === kind))) return this;
    const instead = results.map(tellResult).join(', ') || this.#otherCalls();
    const how = kind === undefined ? '' : ` as ${kind}`;
    return this.#fail(`failed in '${tool}'${how}`, instead, { actual: results, expected: kind });
  }

  /** The caller heard these words, or words that match. */
  heard(words: string | RegExp): this {
    const actual = this.#turn.heard;
    if (has(actual, words)) return this;
    return this.#fail(`let the caller hear ${describe(words)}`, tellHeard(actual), { actual, expected: words });
  }

  didNotHear(words: string | RegExp): this {
    const actual = this.#turn.heard;
    if (!has(actual, words)) return this;
    return this.#fail(`did not let the caller hear ${describe(words)}`, tellHeard(actual), { actual });
  }

  ended(outcome: Outcome): this {
    const actual = this.#turn.outcome;
    if (actual === outcome) return this;
    return this.#fail(`ended as ${outcome}`, `it ended as ${actual}`, { actual, expected: outcome });
  }

  /** The caller heard the first word, of whatever kind, within this time. */
  spokeWithin(ms: number): this {
    const actual = this.#turn.events.find(({ type }) => type === 'speech.started')?.atMs;
    if (actual !== undefined && actual <= ms) return this;
    const instead = actual === undefined ? 'it said nothing' : `it spoke after ${actual} ms`;
    return this.#fail(`spoke within ${ms} ms`, instead, { actual, expected: ms });
  }

  /** A message of the prompt has these words: what the model was told. */
  prompted(words: string | RegExp): this {
    const actual = this.#turn.prompt.map(({ text }) => text);
    if (actual.some((text) => has(text, words))) return this;
    const instead = `the prompt was ${describe(actual)}`;
    return this.#fail(`showed the model ${describe(words)}`, instead, { actual, expected: words });
  }

  #resultsOf(tool: string): readonly TestedResult[] {
    return this.#turn.results.filter(({ name }) => name === tool);
  }

  #otherCalls(): string {
    const names = this.#turn.calls.map(({ name }) => `'${name}'`);
    return names.length === 0 ? 'no tool was called' : `called were ${names.join(', ')}`;
  }

  #fail(claim: string, instead: string, values: { readonly actual?: unknown; readonly expected?: unknown }): never {
    const missed = this.#turn.missedBargeIns?.map((moment) => `\n${tellMissed(moment)}`).join('') ?? '';
    const message = `Expected a turn that ${claim}; ${instead}${missed}\n\n${showTurn(this.#turn)}\n`;
    throw new AssertionError({ message, ...values, operator: 'assertThat' });
  }
}

/** `assertThat(turn).called('find_order', { order_id: '4003' }).heard(/shipped/).ended('answered')` */
export function assertThat(turn: TestedTurn): TurnAssertions {
  checkTurn(turn);
  return new TurnAssertions(turn);
}

function has(text: string, words: string | RegExp): boolean {
  return typeof words === 'string' ? text.includes(words) : text.search(words) !== -1;
}

function tellMissed({ on, afterMs = 0 }: BargeInMoment): string {
  const moment = on === undefined ? `after ${afterMs} ms` : `on '${on}'${afterMs > 0 ? ` and ${afterMs} ms` : ''}`;
  return `The barge-in ${moment} never came: the turn was over before`;
}

function tellHeard(heard: string): string {
  return heard === '' ? 'nothing was heard' : `heard was '${heard}'`;
}

function tellResult({ ok, result, error }: TestedResult): string {
  return ok ? `it gave ${describe(result)}` : `it failed as ${error?.kind ?? 'failed'}: ${error?.message ?? ''}`;
}
