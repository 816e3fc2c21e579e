import { call, type Rule } from 'legato/testing';

const zones: Record<string, string> = { lisbon: 'Europe/Lisbon', berlin: 'Europe/Berlin', tokyo: 'Asia/Tokyo' };

const replies: readonly Rule[] = [
  {
    when: /lisbon|berlin|tokyo/i,
    reply: [
      ({ said }) => {
        const [city = ''] = /lisbon|berlin|tokyo/i.exec(said) ?? [];
        return call('tell_time', { zone: zones[city.toLowerCase()] ?? '' });
      },
      ({ results }) => `It is ${results.tell_time as string} there.`,
    ],
  },
  { reply: 'Ask me for the time in Lisbon, Berlin or Tokyo.' },
];

export default replies;
