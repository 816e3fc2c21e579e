import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from '../properties.ts';
import { ClaimableRuns } from '../../live/turns/claimable-runs.ts';
import { EarlyCalls } from '../../live/thinking/early-calls.ts';
import { RunsElsewhere } from '../../live/calls/run-elsewhere.ts';
import { LivePlayer } from '../../live/turns/live-player.ts';
import { LiveTurn } from '../../live/turns/live-turn.ts';
import { Playhead } from '../../live/speech/playhead.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { createSandbox, type Sandbox } from './hosted-workflow.ts';
import type { CallToolInput, CallToolResult } from '../../contract/steps.ts';
import { JointConversation, type JointSetting } from './joint-conversation.ts';
import { assertTrue } from './promises.ts';
import * as random from './random-conversations.ts';
import { READS } from './scripted-agent.ts';

/* eslint-disable @typescript-eslint/unbound-method -- methods are taken to be called on what they belong to */

const NUM_RUNS = Number(process.env['JOINT_RUNS'] ?? 200);

let sandbox: Sandbox;
before(async () => {
  sandbox = await createSandbox(await workflowBundle());
});

/** I1, I3, I6, I7, and that nothing recorded is lost, nobody waits for nothing, there is one voice, and heard is what was heard. */
function everyPromise(of: fc.Arbitrary<JointSetting>, played = sandbox, runsAhead = true) {
  return fc.asyncProperty(of, async (setting) => {
    const conversation = new JointConversation(setting, played, runsAhead);
    await conversation.play();
    assertTrue(conversation);
  });
}

/** The record asks for reads with another id than the model did, and gets the results of those. */
function equalInputs() {
  return fc.asyncProperty(random.anyConversation, async (setting) => {
    const conversation = new JointConversation(setting, sandbox);
    conversation.temporal.alterInput = (type, input) => {
      const { policy } = input as Partial<CallToolInput>;
      return type === 'callTool' && policy?.effect === 'read' ? { ...input, arguments: { id: 'other' } } : input;
    };
    await conversation.play();
    for (const { completed } of conversation.temporal.runs.values()) {
      for (const result of completed.values()) {
        const { ok, result: found } = (result ?? {}) as Partial<CallToolResult>;
        if (ok && typeof found === 'string' && READS.some((name) => found.startsWith(name)))
          assert.match(found, /other$/);
      }
    }
  });
}

test('conversation: whatever happens, in whatever order, every promise holds (I1, I3, I7)', async () => {
  await fc.assert(everyPromise(random.anyConversation), { numRuns: NUM_RUNS });
});

test('conversation: the same promises hold where nothing runs ahead of the record (I6)', async () => {
  await fc.assert(everyPromise(random.anyConversation, sandbox, false), { numRuns: Math.ceil(NUM_RUNS / 4) });
});

test('conversation: the same promises hold where tools-only workers run some of the tools (I1)', async () => {
  await fc.assert(everyPromise(random.anyConversationElsewhere), { numRuns: NUM_RUNS });
});

test('conversation: a read that the record asks for with other arguments is run again, with those (I3)', async () => {
  await fc.assert(equalInputs(), { numRuns: Math.ceil(NUM_RUNS / 4), examples: [[random.endsAsTheRecordAsks]] });
});

test('conversation: the model is asked once, though a cut has cancelled a write at its gate (I3)', async () => {
  await fc.assert(everyPromise(fc.constant(random.spokenBeforeWrite)), { numRuns: 1 });
});

// Each of these plants one fault in the real code, and the property above must find it.

async function faultFoundBy(property: ReturnType<typeof everyPromise>): Promise<string> {
  const { failed, errorInstance, numRuns } = await fc.check(property, { numRuns: 1_000, endOnFailure: true });
  if (process.env['JOINT_RUNS']) console.log(`found after ${numRuns}`);
  assert.equal(failed, true, 'the planted fault was not found');
  return errorInstance instanceof Error ? errorInstance.message : '';
}

test('conversation: a check that serves a call of another name is found', async ({ mock }) => {
  const { complete, checked } = EarlyCalls.prototype;
  type Asked = Parameters<typeof complete>[1];
  const earlier = new Map<EarlyCalls, Map<number, Asked>>();
  /** The call that was checked first in this place, if its arguments are the same. */
  const first = (of: EarlyCalls, place: number, asked: Asked): Asked => {
    const calls = earlier.get(of) ?? new Map<number, Asked>();
    const before = calls.get(place);
    const served = before?.arguments === asked.arguments ? before : asked;
    earlier.set(of, calls.set(place, served));
    return served;
  };
  mock.method(EarlyCalls.prototype, 'restart', () => undefined);
  mock.method(EarlyCalls.prototype, 'complete', function (this: EarlyCalls, place: number, asked: Asked) {
    complete.call(this, place, first(this, place, asked));
  });
  mock.method(EarlyCalls.prototype, 'checked', function (this: EarlyCalls, place: number, asked: Asked) {
    return checked.call(this, place, first(this, place, asked));
  });
  assert.match(await faultFoundBy(everyPromise(random.askedAnew)), /is not what was asked/);
});

test('conversation: a read that runs early under the place of another call is found', async ({ mock }) => {
  const { complete } = EarlyCalls.prototype;
  type Call = Parameters<typeof complete>;
  mock.method(EarlyCalls.prototype, 'complete', function (this: EarlyCalls, place: Call[0], asked: Call[1]) {
    complete.call(this, place + 1, asked);
  });
  assert.match(await faultFoundBy(everyPromise(random.anyConversation)), /nobody asked for/);
});

test('conversation: a playhead that goes on counting what was cut is found', async ({ mock }) => {
  mock.method(Playhead.prototype, 'stop', () => undefined);
  assert.match(await faultFoundBy(everyPromise(random.spokenTwice)), /count as heard|after it was heard/);
});

test('conversation: a turn that waits for the voice of one that was terminated is found', async ({ mock }) => {
  const never = new Promise<never>(() => undefined);
  mock.getter(LiveTurn.prototype, 'silent', function (this: LiveTurn) {
    return this.closed.then(({ outcome }) => (outcome === 'failed' ? never : undefined));
  });
  assert.match(await faultFoundBy(everyPromise(random.terminatedBefore)), /out of time for nothing|does not end/);
});

test('conversation: a write that does not wait for the record is found', async ({ mock }) => {
  const { perform } = LivePlayer.prototype;
  type Commands = Parameters<typeof perform>[0];
  const asRead = (command: Commands[number]): Commands[number] => {
    if (command.type !== 'call_tool') return command;
    return { ...command, call: { ...command.call, policy: { ...command.call.policy, effect: 'read' } } };
  };
  mock.method(LivePlayer.prototype, 'perform', function (this: LivePlayer, commands: Commands) {
    perform.call(this, commands.map(asRead));
  });
  assert.match(await faultFoundBy(everyPromise(random.anyConversation)), /before the record asked|ran twice|aborted/);
});

test('conversation: a call that is let begin at a worker before its gate is open is found', async ({ mock }) => {
  const { of } = RunsElsewhere.prototype;
  mock.method(RunsElsewhere.prototype, 'of', function (this: RunsElsewhere, call: string) {
    const run = of.call(this, call);
    run.begin();
    return run;
  });
  const message = await faultFoundBy(everyPromise(random.anyConversationElsewhere));
  assert.match(message, /ran, and the record says that it was cancelled|was lost/);
});

test('conversation: a step that joins a run with another input is found', async ({ mock }) => {
  const { join } = ClaimableRuns.prototype;
  mock.method(ClaimableRuns.prototype, 'has', () => true);
  mock.method(
    ClaimableRuns.prototype,
    'join',
    function (this: ClaimableRuns, ...[step, , run]: Parameters<typeof join>) {
      return join.call(this, step, 'whatever', run);
    },
  );
  assert.match(await faultFoundBy(equalInputs()), /other/);
});

test('conversation: a record that decides by itself what a barge-in does is found', async () => {
  const planted = await plant(/\|\| begun\.includes\(call\)/, '');
  assert.match(await faultFoundBy(everyPromise(random.spokenInto, planted)), /something else|was lost/);
});

test('conversation: a deadline that wins over a result of the same activation is found', async () => {
  const planted = await plant(/\.then\(\(\)\s*=>\s*fired = true,/, '.then(callback,');
  assert.match(await faultFoundBy(everyPromise(random.hurried, planted)), /was lost/);
});

/** The workflow with a fault in its code. */
async function plant(line: RegExp, fault: string): Promise<Sandbox> {
  const bundle = await workflowBundle();
  const code = bundle.code.replace(line, fault);
  assert.notEqual(code, bundle.code, 'nothing was planted');
  return createSandbox({ ...bundle, code });
}
