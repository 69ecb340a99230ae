import type { viMinutes } from './vi-minutes';

/** Words of the form in which the draft of the minutes is written. */
export const enMinutes: typeof viMinutes = {
  writing: {
    edit: 'Edit the minutes',
    save: 'Save the minutes',
    discard: 'Discard what was typed',
    stale: 'Somebody else has just changed the minutes. Copy what was typed, press “Discard what was typed”, and edit the new text.',
    again: 'Draw from the log again (edits are lost)',
    hall: 'Delegates at the main point',
    guests: 'Guests',
    present: 'Present: {{name}}',
    course: 'Course of the meeting',
    speaker: 'Speaker: {{name}}',
    speakerName: 'Speaker',
    speakerPosition: 'Position of the speaker: {{name}}',
    summary: 'Summary: {{name}}',
    summaryHint: 'Summary',
    conclusion: 'Conclusions of the chair',
    remark: 'General remarks',
    addTask: 'Add a task',
    dropTask: 'Remove task {{number}}',
    trouble: 'How the incident was handled: {{name}}',
    recipients: 'Recipients',
    recipientsHint: 'One to a line',
    lack: {
      title: 'The title of the meeting is missing.',
      heads: 'A point that is present has at least one delegate.',
      reason: 'A point that is absent with reason needs the reason.',
      task: 'Each task needs its content, lead unit and deadline.',
    },
  },
};
