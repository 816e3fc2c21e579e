import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '@temporalio/client';
import { temporalFault, TemporalUnreachable } from '../../record/temporal-fault.ts';

const status = (code: number) => ({ code, details: 'why', metadata: {} });
const grpc = (code: number) => Object.assign(new Error('grpc'), status(code));

const faults: readonly (readonly [string, unknown, ReturnType<typeof temporalFault>])[] = [
  ['an answer that did not come in time', new TemporalUnreachable(), 'unreachable'],
  ['UNAVAILABLE', new ServiceError('away', { cause: grpc(14) }), 'unreachable'],
  ['UNAVAILABLE of the native connection', Object.assign(new ServiceError('away'), status(14)), 'unreachable'],
  ['DEADLINE_EXCEEDED', grpc(4), 'unreachable'],
  ['RESOURCE_EXHAUSTED', new ServiceError('busy', { cause: grpc(8) }), 'unreachable'],
  ['CANCELLED', grpc(1), 'unreachable'],
  ['INTERNAL, which is not distinguished', grpc(13), 'refused'],
  ['PERMISSION_DENIED', new ServiceError('no', { cause: grpc(7) }), 'refused'],
  ['a service error without a status', new ServiceError('broken'), 'unreachable'],
  ['an error that is not about Temporal', new TypeError('bug'), undefined],
];

for (const [name, error, fault] of faults) {
  test(`Temporal fault: ${name} is ${fault ?? 'none'}`, () => assert.equal(temporalFault(error), fault));
}
