import assert from 'node:assert/strict';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TurnResult } from '../../contract/turn.ts';
import type { StartedTurn } from '../world.ts';

/** How a turn ended: with its result, which travels in the failure of a turn that could not be answered. */
export interface TurnEnd {
  readonly result: TurnResult;
  readonly failure?: ApplicationFailure;
}

export async function endOf(turn: StartedTurn): Promise<TurnEnd> {
  try {
    return { result: await turn.result() };
  } catch (error) {
    const failure = error instanceof WorkflowFailedError ? error.cause : undefined;
    assert.ok(failure instanceof ApplicationFailure);
    return { result: failure.details?.[0] as TurnResult, failure };
  }
}

export async function failureOf(turn: StartedTurn): Promise<ApplicationFailure> {
  const { failure } = await endOf(turn);
  return failure ?? assert.fail('The turn was answered');
}
