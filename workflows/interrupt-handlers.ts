import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Interrupt, Interrupted } from '../contract/barge-in.ts';
import { failureOptions } from '../contract/failures.ts';
import { interrupt } from '../contract/messages.ts';
import { interruptFault } from './message-faults.ts';
import { messageOf } from './step-error.ts';
import type { TurnPlayer } from './turn-player.ts';

/** As it is sent. */
type Asked = Partial<Interrupt> | null;

export interface InterruptedTurn {
  /** Resolves when the turn has its player. */
  readonly player: Promise<Pick<TurnPlayer, 'interrupt'>>;
  /** Shows operators what was not done. */
  readonly onRefused: (why: string) => void;
}

/**
 * Interrupts of a turn's workflow: as a signal, as an update, or by cancelling it. They need no argument. None of them can
 * fail the turn: a malformed one, or one that home cannot carry out, is refused.
 */
export function handleInterrupts({ player, onRefused }: InterruptedTurn): void {
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
  setHandler(defineUpdate<Interrupted, [Asked?]>(interrupt), take, { validator: rejectIfWrong });
  setHandler(defineSignal<[Asked?]>(interrupt), async (asked = {}) => {
    const fault = interruptFault(asked);
    if (fault) onRefused(`An interrupt was ignored: ${fault}`);
    else await takeQuietly(asked);
  });
  CancellationScope.current().cancelRequested.catch(() => takeQuietly({ id: 'cancelled' }));
}

function known({ speech, heardMs, cut }: Partial<Interrupt>): Omit<Interrupt, 'id'> {
  return { ...(speech !== undefined && { speech }), ...(heardMs !== undefined && { heardMs }), ...(cut && { cut }) };
}

function rejectIfWrong(asked?: unknown): void {
  const fault = interruptFault(asked);
  if (!fault) return;
  throw ApplicationFailure.create(failureOptions('Message.Malformed', `The interrupt was rejected: ${fault}`));
}
