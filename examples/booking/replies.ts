import { call, type Rule } from 'legato/testing';

/** The day that the scripted model offers. */
const day = '2027-03-01';

const replies: readonly Rule[] = [
  {
    when: /half past ten|book/i,
    reply: [
      { text: 'I book half past ten for you now.', calls: [call('book_appointment', { slot: `${day} 10:30` })] },
      ({ results }) => (results.book_appointment === undefined ? 'I could not book it.' : 'You are booked.'),
    ],
  },
  {
    when: /come|appointment|march/i,
    reply: [call('find_slots', { day }), 'On the first of March half past ten is free. Shall I book it?'],
  },
  { reply: 'When would you like to come?' },
];

export default replies;
