import type { viSending } from './vi-sending';

/** Words of how papers are sent: who may read them, and when. */
export const enSending: typeof viSending = {
  sending: {
    closed: 'Restricted: what is uploaded goes to nobody until its readers are chosen',
    late: 'Reason of sending papers late',
    accessOf: 'Readers of {{name}}',
    scope: { 'tat-ca': 'All of the meeting', 'cung-don-vi': 'By point', 'dich-danh': 'By name' },
    who: 'Readers',
    points: 'Points, units',
    people: 'People',
    from: 'From',
    until: 'Until',
    hour: 'Hour: {{edge}}',
    hint: 'Without times it can be read at once and without end.',
    timed: 'for a time',
    seen: { newest: 'Has seen the newest version', older: 'Has seen an older version' },
  },
  rehearsal: { title: 'Test runs', day: 'Day of the test run', plan: 'Plan a test run' },
};
