import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthorCode } from '../../../live/calls/author-code.ts';
import { EventLoopWatch, type Hold } from '../../../worker/watch/event-loop-watch.ts';
import { TestClock } from '../../test-clock.ts';

const call = (tool: string) => ({ tool, call: `tool:1:0:${tool}`, turn: 'turn' });

function createWatch() {
  const clock = new TestClock();
  const authors = new AuthorCode(clock);
  const holds: Hold[] = [];
  const watch = new EventLoopWatch({ authors, clock, onHold: (hold) => holds.push(hold) });
  watch.start();
  const messages = () => holds.map(({ message }) => message);
  return { clock, authors, watch, messages };
}

test('event loop: a tool that holds it until it returns is named, with the time and what to do', async () => {
  const { clock, authors, messages } = createWatch();
  await clock.advance(250);
  authors.run(call('count'), () => clock.stall(5_012));
  assert.deepEqual(messages(), ["Tool 'count' held the event loop for 5,012 ms; give it `thread: true`"]);
  await clock.advance(1_000);
  assert.equal(messages().length, 1);
});

test('event loop: what checks the arguments of a call is distinguished from its run', () => {
  const { clock, authors, messages } = createWatch();
  authors.run({ tool: 'count', turn: 'turn' }, () => clock.stall(300));
  assert.deepEqual(messages(), [
    "Tool 'count' held the event loop for 300 ms with what checks its arguments; that has to be quick",
  ]);
});

test('event loop: a tool that goes on and holds it later is named as the one that was running', async () => {
  const { clock, authors, messages } = createWatch();
  const running = Promise.withResolvers<void>();
  const ended = authors.follow(call('count'), () => running.promise);
  clock.stall(2_100);
  await clock.advance(0);
  assert.deepEqual(messages(), [
    "Tool 'count' was running while the event loop was held for 2,000 ms; if it blocks, give it `thread: true`",
  ]);
  running.resolve();
  await ended;
});

test('event loop: of several tools that were running meanwhile each is named, once, and one that ended before is not', async () => {
  const { clock, authors, messages } = createWatch();
  await authors.follow(call('early'), () => Promise.resolve());
  await clock.advance(150);
  const running = Promise.withResolvers<void>();
  const ended = ['count', 'look', 'count'].map((tool) => authors.follow(call(tool), () => running.promise));
  clock.stall(1_050);
  running.resolve();
  await Promise.all(ended);
  await clock.advance(0);
  assert.deepEqual(messages(), [
    "One of the tools 'count', 'look' may be why the event loop was held for 1,000 ms; give the one that blocks `thread: true`",
  ]);
});

test('event loop: a stall without a tool is reported if it is long; a short one is not', async () => {
  const { clock, messages } = createWatch();
  clock.stall(700);
  await clock.advance(0);
  assert.deepEqual(messages(), []);
  clock.stall(3_100);
  await clock.advance(0);
  assert.deepEqual(messages(), [
    'No tool was running while the event loop was held for 3,000 ms; the machine is too busy, or was suspended',
  ]);
});

test('event loop: a hold is known as soon as it is over, before any timer, and for as long as it is asked for', async () => {
  const { clock, authors, watch } = createWatch();
  const running = Promise.withResolvers<void>();
  const ended = authors.follow(call('count'), () => running.promise);
  clock.stall(2_100);
  assert.equal(watch.heldWithin(1_000)?.ms, 2_000);
  await clock.advance(1_200);
  assert.equal(watch.heldWithin(1_000), undefined);
  running.resolve();
  await ended;
});

test('event loop: one that is watched no more leaves no timer', () => {
  const { clock, watch } = createWatch();
  watch[Symbol.dispose]();
  assert.equal(clock.waiting, 0);
});
