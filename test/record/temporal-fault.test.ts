import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '@temporalio/client';
import { temporalFault, TemporalUnreachable } from '../../record/temporal-fault.ts';

const grpc = (code: number) => Object.assign(new Error('grpc'), { code, details: 'why', metadata: {} });

const faults: readonly (readonly [string, unknown, ReturnType<typeof temporalFault>])[] = [
  ['an answer that did not come in time', new TemporalUnreachable(), 'unreachable'],
  ['UNAVAILABLE', new ServiceError('away', { cause: grpc(14) }), 'unreachable'],
  ['DEADLINE_EXCEEDED', grpc(4), 'unreachable'],
  ['PERMISSION_DENIED', new ServiceError('no', { cause: grpc(7) }), 'refused'],
  ['a service error without a status', new ServiceError('broken'), 'unreachable'],
  ['an error that is not about Temporal', new TypeError('bug'), undefined],
];

for (const [name, error, fault] of faults) {
  test(`Temporal fault: ${name} is ${fault ?? 'none'}`, () => assert.equal(temporalFault(error), fault));
}
