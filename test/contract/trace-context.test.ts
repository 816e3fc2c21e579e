import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraceContext } from '../../contract/trace-context.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const KNOWN = `00-${ID}-${PARENT}-01`;

const parentOf = (traceparent: unknown) => readTraceContext({ traceparent }).traceparent;
const stateOf = (tracestate: unknown) => readTraceContext({ traceparent: KNOWN, tracestate }).tracestate;

test('trace context: a traceparent of version 00 is kept as it is', () => {
  assert.equal(parentOf(KNOWN), KNOWN);
  assert.equal(parentOf(`00-${ID}-${PARENT}-00`), `00-${ID}-${PARENT}-00`);
});

for (const [what, traceparent] of [
  ['that is absent', undefined],
  ['that is no text', 7],
  ['that is empty', ''],
  ['of version ff', `ff-${ID}-${PARENT}-01`],
  ['in capitals', KNOWN.toUpperCase()],
  ['whose trace id is all zero', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['whose parent id is all zero', `00-${ID}-${'0'.repeat(16)}-01`],
  ['whose trace id is too short', `00-${ID.slice(1)}-${PARENT}-01`],
  ['of version 00 with more at its end', `${KNOWN}-extra`],
  ['of a later version with a longer flag', `01-${ID}-${PARENT}-011`],
  ['that was sent twice', `${KNOWN}, ${KNOWN}`],
  ['with a line break at its end', `${KNOWN}\n`],
] as const)
  test(`trace context: a traceparent ${what} is ignored, and the tracestate with it`, () => {
    assert.deepEqual(readTraceContext({ traceparent, tracestate: 'shop=1' }), {});
  });

test('trace context: of a later version the fields that are known go on as version 00, with the sampled flag alone', () => {
  assert.equal(parentOf(`01-${ID}-${PARENT}-01`), KNOWN);
  assert.equal(parentOf(`cc-${ID}-${PARENT}-09-what-comes-later`), KNOWN);
  assert.equal(parentOf(`01-${ID}-${PARENT}-08`), `00-${ID}-${PARENT}-00`);
});

for (const tracestate of ['shop=1', 'shop=1,tenant@vendor=a b/c', 'a=1,,b=2', 'a=1 , b=2', `a=${'x'.repeat(256)}`])
  test(`trace context: the tracestate '${tracestate.slice(0, 30)}' is kept as it is`, () => {
    assert.equal(stateOf(tracestate), tracestate);
  });

for (const [what, tracestate] of [
  ['without a value', 'shop'],
  ['whose key has capitals', 'Shop=1'],
  ['whose value has an equals sign', 'shop=1=2'],
  ['with a key twice', 'shop=1,shop=2'],
  ['of 33 entries', Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(',')],
  ['of more than 512 characters', `a=${'x'.repeat(256)},b=${'x'.repeat(256)}`],
  ['with control characters', 'shop=1\u0000'],
  ['that is no text', 7],
  ['that is empty', ''],
] as const)
  test(`trace context: a tracestate ${what} is ignored, and the traceparent is kept`, () => {
    assert.deepEqual(readTraceContext({ traceparent: KNOWN, tracestate }), { traceparent: KNOWN });
  });
