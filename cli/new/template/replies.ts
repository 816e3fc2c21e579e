import { call, type Rule } from 'legato/testing';

const find = (pattern: RegExp, words: string): string => pattern.exec(words)?.[0] ?? '';
const DAY = /(mon|tues|wednes|thurs|fri)day/i;

/** A tool's result, or why it has none. */
type Result<Fields> = Fields & { error?: { message: string } };

/**
 * What is said in place of a model, by the caller's words: in `legato dev` as long as there is no OPENAI_API_KEY, and in tests.
 * The first rule that fits counts. A list is one reply for each time that the model is asked in a turn: calls, then words.
 */
const replies: readonly Rule[] = [
  {
    when: DAY,
    reply: [
      ({ said }) => call('book_pickup', { ticket: find(/\d+/, said), day: find(DAY, said) }),
      ({ results }) => {
        const { booked, error } = results.book_pickup as Result<{ booked: string }>;
        return error ? `I could not book it. ${error.message}.` : `It is booked. See you on ${booked}.`;
      },
    ],
  },
  {
    when: /\d+/,
    reply: [
      ({ said }) => call('repair_status', { ticket: find(/\d+/, said) }),
      ({ results }) => {
        const { bicycle, status, error } = results.repair_status as Result<{ bicycle: string; status: string }>;
        return error ? `${error.message}. Please look at it again.` : `Your ${bicycle} is ${status}.`;
      },
    ],
  },
  { when: /hello|good (morning|day)/i, reply: 'Hello, this is the workshop. What is the number of your ticket?' },
];

export default replies;
