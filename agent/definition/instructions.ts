import type { TurnTerms } from '../../contract/turn.ts';
import type { Agent, OnThrown } from '../agent.ts';
import type { AgentOptions } from '../agent-options.ts';
import { isText } from './option-rules.ts';

/** The turn's start holds them, and Temporal takes 2 MiB a payload. */
const MAX_BYTES = 64 * 1024;

/** The instructions of every turn, or the function that writes those of one. */
export function createInstructions(
  instructions: AgentOptions['instructions'],
  terms: TurnTerms,
): Pick<Agent, 'instructions' | 'termsFor'> {
  if (typeof instructions === 'string') return { instructions, termsFor: () => terms };
  return {
    instructions: undefined,
    termsFor: ({ metadata: { publicValue, problems }, now, onThrown }) => {
      if (problems.length > 0) return { ...terms, instructions: fault(UNFIT) };
      return { ...terms, instructions: write(() => instructions({ metadata: publicValue, now }), onThrown) };
    },
  };
}

const UNFIT = "was not called: the conversation's metadata does not fit the agent's schema";

type Written = NonNullable<TurnTerms['instructions']>;

function write(author: () => unknown, onThrown: OnThrown | undefined): Written {
  try {
    const text = author();
    if (text instanceof Promise) text.catch((thrown: unknown) => onThrown?.(thrown)); // it would be unhandled
    return isText(text) ? fit(text) : fault(`must return a text at once; got ${kindOf(text)}`);
  } catch (thrown) {
    onThrown?.(thrown);
    // Its message may quote the metadata: that is for the log alone.
    return fault(`threw '${thrown instanceof Error ? thrown.name : typeof thrown}'; the log has its message`);
  }
}

function fit(text: string): Written {
  const bytes = Buffer.byteLength(text);
  return bytes <= MAX_BYTES ? { text } : fault(`returned ${bytes} bytes, over the limit of ${MAX_BYTES}; shorten it`);
}

function fault(why: string): Written {
  return { fault: `The function 'instructions' ${why}` };
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'string' ? 'a blank text' : `a value of type ${typeof value}`;
}
