import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Claims } from '../../live/claims.ts';
import { processClock } from '../../live/clock.ts';
import { LivePlayer, type HomeSteps } from '../../live/live-player.ts';
import { cutOf } from '../../turn/barge-in.ts';
import { transcript } from '../../turn/transcript.ts';
import type { TurnCommand } from '../../turn/turn-state.ts';
import { cuts, picks, script } from '../turn/random-turns.ts';
import { type JointSetting, JointTurn } from './joint-turn.ts';

type Faults = Pick<JointSetting, 'createPlayer' | 'createClaims' | 'cutOfRecord'>;

const turns = fc.record({ script, picks, cuts: fc.oneof(fc.constant([]), cuts) });

/** Both players come to one transcript, and to one set of effects: writes only once the record has asked for them. */
function oneTurn(faults: Faults = {}) {
  return fc.asyncProperty(turns, async (setting) => {
    const turn = new JointTurn({ ...setting, ...faults });
    await turn.play();
    assert.deepEqual(transcript('Hi', turn.record.rounds), transcript('Hi', turn.live.rounds));
    assert.equal(turn.record.ending, turn.live.ending);
    assert.equal(turn.record.finished && turn.live.finished, true);
    const steps = turn.effects.map(({ step }) => step);
    assert.equal(new Set(steps).size, steps.length);
    assert.deepEqual(
      turn.effects.filter(({ isWrite, isScheduled }) => isWrite && !isScheduled),
      [],
    );
  });
}

/** What the record is told of a step was done with what the record asked for. */
function equalInputs(faults: Faults = {}) {
  return fc.asyncProperty(turns, async (setting) => {
    const turn = new JointTurn({ ...setting, differs: true, ...faults });
    await turn.play();
    for (const { step, happening } of turn.landed) {
      if (happening.type !== 'call_settled' || !happening.result.ok) continue;
      assert.equal(turn.effects.findLast((effect) => effect.step === step)?.input, turn.asked.get(step));
    }
  });
}

test('players: fed the same happenings in any order, with cuts and failures, they come to one transcript and one set of effects (I1, I6, I7)', async () => {
  await fc.assert(oneTurn(), { numRuns: 2000 });
});

test('players: a step whose input differs is done anew, with the input that the record has (I3)', async () => {
  await fc.assert(equalInputs(), { numRuns: 1000 });
});

// Each of these plants one fault, and the properties above must find it.

class EagerPlayer extends LivePlayer {
  readonly #callTool: HomeSteps['callTool'];

  constructor(steps: HomeSteps) {
    super(steps);
    this.#callTool = steps.callTool;
  }

  override perform(commands: readonly TurnCommand[]): void {
    super.perform(commands);
    for (const command of commands) if (command.type === 'call_tool') void this.#callTool(command);
  }
}

class DeafClaims extends Claims {
  override join<T>(step: string, _: unknown, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return super.join(step, 'whatever', run);
  }
}

/** How the property fails, in the words of its assertion. */
async function faultFoundBy(property: fc.IAsyncProperty<[JointSetting]>): Promise<string> {
  const { failed, errorInstance } = await fc.check(property, { numRuns: 2000 });
  assert.equal(failed, true);
  return errorInstance instanceof Error ? errorInstance.message : '';
}

test('players: an early write is found', async () => {
  const eager = oneTurn({ createPlayer: (steps) => new EagerPlayer(steps) });
  assert.match(await faultFoundBy(eager), /isScheduled: false/);
});

test('players: a claim on unequal input is found', async () => {
  const deaf = equalInputs({ createClaims: () => new DeafClaims(processClock) });
  assert.match(await faultFoundBy(deaf), /"other":true/);
});

test('players: an order that is decided twice is found', async () => {
  const decideAgain: Faults['cutOfRecord'] = (state, cut) => {
    const running = new Set(state.rounds.flatMap((round) => round.calls.map(({ call }) => call)));
    return cutOf(state, { id: cut.id, running, said: cut.said }) ?? cut;
  };
  assert.match(await faultFoundBy(oneTurn({ cutOfRecord: decideAgain })), /strictly (deep-)?equal/);
});
