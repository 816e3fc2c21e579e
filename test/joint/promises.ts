import assert from 'node:assert/strict';
import { BYTES_PER_MS } from '../../contract/audio.ts';
import type { Item } from '../../contract/items.ts';
import type { CallToolResult } from '../../contract/steps.ts';
import type { TurnResult } from '../../contract/turn.ts';
import { READS } from './scripted-agent.ts';
import type { JointConversation, Published } from './joint-conversation.ts';
import type { Run } from './temporal.ts';

/** What holds of a conversation that is over, whatever happened in it. */
export function assertTrue(conversation: JointConversation): void {
  for (const run of conversation.temporal.runs.values()) {
    if (run.end?.isTerminated) continue;
    assertOneTranscript(conversation, run);
    assertNothingRecordedIsLost(run);
    assertBargeInsAreRecorded(run);
    assertNobodyWaited(conversation, run);
  }
  assertEffects(conversation);
  assertUnknownRan(conversation);
  assertCalls(conversation);
  assertAskedOnce(conversation);
  assertOneVoice(conversation);
  assertHeard(conversation);
  assert.equal(conversation.timersLeft, 0, 'a timer was left');
}

const resultOf = ({ end }: Run): TurnResult | undefined =>
  (end?.result ??
    (end?.failure as { details?: unknown[] } | undefined)?.details?.[0] ??
    (end?.failure as { cause?: { details?: unknown[] } })?.cause?.details?.[0]) as TurnResult | undefined;

/** I6, I7: the record, the process and the conversation have the same of a turn. */
function assertOneTranscript({ closed, ended }: JointConversation, run: Run): void {
  const result = resultOf(run);
  assert.ok(result, `the turn has no result: ${String(run.end?.failure)}`);
  const reported = ended.findLast(({ id }) => id === run.id);
  assert.deepEqual(reported?.items, result.items, 'the conversation has something else than the record');
  // A record that lagged past the deadline corrects what home reported.
  const isCorrected = ended.filter(({ id }) => id === run.id).length > 1;
  if (!isCorrected)
    assert.deepEqual(closed.get(run.id), result.items, 'the process has something else than the record');
  assert.equal(reported?.outcome, result.outcome);
}

/** A result that has reached the record is in it. */
function assertNothingRecordedIsLost(run: Run): void {
  const items = resultOf(run)?.items ?? [];
  const activities = new Set([...run.activities.values()].map(({ id }) => id));
  for (const [id, completed] of run.completed) {
    const activityId = id.replace(/^ran-/, '');
    if (!activityId.startsWith('tool-')) continue;
    // Home decides whether it was there before the caller spoke: what it has not been told of a read does not count.
    const isUntold = id === activityId && activities.has(`gate-${activityId}`);
    if (isUntold && READS.some((name) => activityId.endsWith(`-${name}`))) continue;
    const { ok, dropped, result } = completed as CallToolResult;
    if (!ok || dropped) continue;
    const item = items.find((one) => one.type === 'result' && one.call.replaceAll(':', '-') === activityId);
    assert.deepEqual(
      item,
      { type: 'result', call: (item as { call: string }).call, ok, result },
      `the result of ${activityId} was lost`,
    );
  }
}

/** I7: an interrupt through Temporal gets home's account of the barge-in, no matter which interrupt caused it. */
function assertBargeInsAreRecorded({ id, completed, end }: Run): void {
  const cuts = [...completed].filter(([activityId]) => activityId.startsWith('cut-'));
  const result = resultOf({ end } as Run);
  if (result?.outcome !== 'interrupted') return;
  for (const [activityId, cut] of cuts)
    assert.ok(cut, `${activityId} of ${id} did not get the account of the barge-in`);
}

/** A turn that nothing held back is not out of time. */
function assertNobodyWaited({ heldBackMs }: JointConversation, run: Run): void {
  const outcome = resultOf(run)?.outcome;
  if (outcome === 'expired')
    assert.ok(run.deadlineMs <= 10_000 || heldBackMs > 10_000, 'the turn ran out of time for nothing');
}

/** I1: a write runs at most once, and is never aborted but by its own time limit. What ran is what was asked for. */
function assertEffects({ effects, temporal }: JointConversation): void {
  const writes = effects.filter(({ isWrite }) => isWrite);
  assert.equal(new Set(writes.map(({ key }) => key)).size, writes.length, 'a write ran twice');
  for (const { key, signal } of writes) assert.ok(isLeftAlone(signal), `${key} was aborted`);
  for (const { name, key, id, isWrite } of effects) {
    assert.equal(key.split(':').at(-1), name, `${name} ran for ${key}`);
    const [turnId = '', step = ''] = key.split('/');
    const run = temporal.runs.get(turnId);
    if (isWrite)
      assert.ok(
        run && [...run.activities.values()].some((one) => one.id === step.replaceAll(':', '-')),
        `${key} ran before the record asked for it`,
      );
    const call = (run && resultOf(run)?.items)?.find((item) => item.type === 'call' && item.call === step);
    if (call && isWrite) assert.deepEqual((call as Extract<Item, { type: 'call' }>).arguments, { id });
  }
}

function isLeftAlone({ aborted, reason }: AbortSignal): boolean {
  return !aborted || /no answer within/.test(String(reason));
}

/** Unknown is the outcome of a write that has run; one that never ran is cancelled. */
function assertUnknownRan({ effects, temporal }: JointConversation): void {
  for (const run of temporal.runs.values()) {
    for (const item of resultOf(run)?.items ?? []) {
      const kind = item.type === 'result' ? item.error?.kind : undefined;
      if (item.type !== 'result' || (kind !== 'outcome_unknown' && kind !== 'cancelled')) continue;
      const [effect] = effects.filter(({ key }) => key === `${run.id}/${item.call}`);
      if (kind === 'outcome_unknown') assert.ok(effect, `${item.call} never ran, and the record says that it may have`);
      else assert.ok(!effect?.isWrite, `${item.call} ran, and the record says that it was cancelled`);
    }
  }
}

/** The calls of a turn are those of the reply that the model wrote to its end, and nothing runs for another one. */
function assertCalls({ written, effects, temporal, setting }: JointConversation): void {
  for (const [index, run] of [...temporal.runs.values()].entries()) {
    const result = resultOf(run);
    const calls = (result?.items ?? []).filter((item) => item.type === 'call');
    for (const { call, name, arguments: args } of calls) {
      const [, round, place] = call.split(':').map(Number);
      const asked = written.get(`${index}/${Number(round) - 1}`)?.[Number(place)];
      assert.deepEqual({ name, args }, { name: asked?.name, args: { id: asked?.id } }, `${call} is not what was asked`);
    }
    const isBroken = setting.turns[index]?.rounds.some((tries) =>
      tries.some(({ breaksAfter }) => breaksAfter !== undefined),
    );
    if (result?.outcome !== 'answered' || isBroken) continue;
    const ran = effects
      .filter(({ key }) => key.startsWith(`${run.id}/`))
      .map(({ key }) => key.slice(run.id.length + 1));
    const unasked = ran.filter((step) => calls.every(({ call }) => call !== step));
    assert.deepEqual(unasked, [], 'something ran that nobody asked for');
  }
}

/** I3: the record joins what the model was asked for ahead of it. One whose reply broke off is asked again. */
function assertAskedOnce({ asked, setting }: JointConversation): void {
  for (const [place, count] of asked) {
    const [turn, round] = place.split('/').map(Number);
    const tries = setting.turns[Number(turn)]?.rounds[Number(round)] ?? [];
    if (tries.some(({ breaksAfter }) => breaksAfter !== undefined)) continue;
    assert.equal(count, 1, `the model was asked ${count} times for round ${place}`);
  }
}

/** Speeches follow each other; nothing of one is published once it is over. */
function assertOneVoice({ stream: { published } }: JointConversation): void {
  let speaking: string | undefined;
  for (const { turnId, event } of published) {
    if (!('speech' in event) || event.speech === undefined) continue;
    const speech = `${turnId}/${event.speech}`;
    if (event.type === 'speech.started') {
      assert.equal(speaking, undefined, `${speech} began while ${String(speaking)} was said`);
      speaking = speech;
    }
    if (event.type === 'speech.audio' || event.type === 'speech.sentence')
      assert.equal(speaking, speech, `${speech} was heard out of its time`);
    if (event.type === 'speech.cut' || event.type === 'speech.finished') {
      assert.equal(speaking, speech);
      speaking = undefined;
    }
  }
}

interface Frame {
  readonly speech: string;
  readonly startsMs: number;
  readonly durationMs: number;
}

/** What counts as heard is what a device has played that plays frames as they come, one after the other, until they are cut. */
function assertHeard({ stream: { published } }: JointConversation): void {
  const devices = Map.groupBy(published, ({ turnId }) => turnId);
  for (const events of devices.values()) assertHeardOn(events);
}

function assertHeardOn(published: readonly Published[]): void {
  let frames: Frame[] = [];
  let playsUntilMs = 0;
  for (const { event, nowMs, happenedMs } of published) {
    // A step that is done again says its speech again.
    if (event.type === 'speech.started') frames = frames.filter(({ speech }) => speech !== event.speech);
    if (event.type === 'speech.audio') {
      const startsMs = Math.max(nowMs, playsUntilMs);
      const durationMs = event.pcm.byteLength / BYTES_PER_MS;
      playsUntilMs = startsMs + durationMs;
      frames.push({ speech: event.speech, startsMs, durationMs });
    }
    if (event.type === 'speech.cut') {
      const played = frames
        .filter(({ speech }) => speech === event.speech)
        .map((frame) => Math.min(Math.max(0, nowMs - frame.startsMs), frame.durationMs));
      const heardMs = played.reduce((sum, ms) => sum + ms, 0);
      assert.ok(
        Math.abs(event.heardMs - heardMs) <= 1,
        `${event.heardMs} ms of ${event.speech} count as heard, ${heardMs} were played`,
      );
      playsUntilMs = nowMs;
    }
    if (event.type !== 'speech.finished' || !frames.some(({ speech }) => speech === event.speech)) continue;
    assert.ok(nowMs >= playsUntilMs - 1, `${event.speech} was over before it was heard`);
    const lateMs = nowMs - Math.max(playsUntilMs, happenedMs);
    assert.ok(lateMs <= 1, `${event.speech} was over ${lateMs} ms after it was heard`);
  }
}
