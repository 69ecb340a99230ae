import type { viRoom } from './vi-room';

export const enRoom: typeof viRoom = {
  chat: {
    title: 'Messages',
    empty: 'No messages yet. Every point reads them, and they are kept in the meeting file.',
    write: 'Write to all points',
    send: 'Send',
    left: '{{count}} characters left',
    off: 'The chair has switched messages off.',
    turnOff: 'Switch messages off',
    turnOn: 'Switch messages on',
    withdraw: 'Withdraw',
    withdrawn: 'Message withdrawn',
    unread: '{{count}} unread',
    right: { 'chu-tri': 'Chair', 'thu-ky': 'Secretary', 'ky-thuat-vien': 'Technician' },
  },
};
