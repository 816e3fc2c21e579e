import { call, type Rule } from 'legato/testing';

const replies: readonly Rule[] = [
  {
    when: /send|technician/i,
    reply: [
      call('send_technician', {}),
      ({ results }) => {
        const { visit } = results.send_technician as { visit?: string };
        return visit === undefined ? 'I cannot send anybody.' : `A technician comes. The number is ${visit}.`;
      },
    ],
  },
  {
    when: /slow|line|internet/i,
    reply: [
      call('test_line', {}),
      ({ results }) => {
        const { mbits, measured } = results.test_line as { mbits: number; measured: string };
        return `Your line has ${mbits} megabits, measured ${measured}.`;
      },
    ],
  },
  { reply: 'Is your internet slow?' },
];

export default replies;
