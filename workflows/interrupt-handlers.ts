import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Interrupt, Interrupted } from '../contract/barge-in.ts';
import { failureOptions, type FailureType } from '../contract/failures.ts';
import { interrupt } from '../contract/messages.ts';
import { interruptFault } from './message-faults.ts';
import { messageOf } from './step-error.ts';
import type { TurnPlayer } from './turn-player.ts';

/** As it is sent. */
type Asked = Partial<Interrupt> | null;

export interface InterruptedTurn {
  /** Resolves when the turn has its player. */
  readonly player: Promise<Pick<TurnPlayer, 'interrupt'>>;
  /** Of homes whose accounts count. */
  readonly leastEpoch: () => number;
  /** Shows operators what was not done. */
  readonly onRefused: (why: string) => void;
}

/**
 * Interrupts of a turn's workflow: as a signal, as an update, or by cancelling it. They need no argument. None of them can
 * fail the turn: a malformed one, or one that home cannot carry out, is refused.
 */
export function handleInterrupts({ player, leastEpoch, onRefused }: InterruptedTurn): void {
  let unnamed = 0;
  const take = async (asked: Asked | undefined): Promise<Interrupted> => {
    const id = asked?.id ?? `unnamed-${(unnamed += 1)}`;
    try {
      return await (await player).interrupt({ ...known(asked ?? {}), id });
    } catch (error) {
      const failed = `An interrupt could not be carried out: ${messageOf(error)}`;
      onRefused(failed);
      throw ApplicationFailure.create(failureOptions('Interrupt.Failed', failed));
    }
  };
  const takeQuietly = async (asked: Asked): Promise<void> => {
    await take(asked).catch(() => undefined); // `take` has shown it
  };
  setHandler(defineUpdate<Interrupted, [Asked?]>(interrupt), take, {
    validator: (asked?: Asked) => rejectIfWrong(asked, leastEpoch()),
  });
  setHandler(defineSignal<[Asked?]>(interrupt), async (asked = {}) => {
    const fault = interruptFault(asked);
    const why = fault ?? replacedBy(asked, leastEpoch());
    if (why !== undefined) onRefused(`An interrupt was ignored: ${why}`);
    else await takeQuietly(asked);
  });
  CancellationScope.current().cancelRequested.catch(() => takeQuietly({ id: 'cancelled' }));
}

function known({ speech, heardMs, cut }: Partial<Interrupt>): Omit<Interrupt, 'id' | 'epoch'> {
  return { ...(speech !== undefined && { speech }), ...(heardMs !== undefined && { heardMs }), ...(cut && { cut }) };
}

/** Nothing of a rejected update is in the history, and its id can be used again: to ask the new home. */
function rejectIfWrong(asked: Asked | undefined, epoch: number): void {
  const fault = interruptFault(asked);
  if (fault) reject('Message.Malformed', fault);
  const replaced = replacedBy(asked, epoch);
  if (replaced !== undefined) reject('Home.Replaced', replaced);
}

function reject(type: FailureType, why: string): never {
  throw ApplicationFailure.create(failureOptions(type, `The interrupt was rejected: ${why}`));
}

/** Why the account of a home that has lost the turn does not count. */
function replacedBy(asked: Asked | undefined, epoch: number): string | undefined {
  if (!asked?.cut || asked.epoch === undefined || asked.epoch >= epoch) return undefined;
  const replaced = `it was decided by home ${asked.epoch} of the turn, and home ${epoch} has taken it over`;
  return `${replaced}; say nothing more for the turn, and send the interrupt again without 'cut'`;
}
