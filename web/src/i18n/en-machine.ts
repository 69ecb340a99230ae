import type { viMachine } from './vi-machine';

/** Words of a room's machine: how it becomes the machine of a point, and its first page. */
export const enMachine: typeof viMachine = {
  pairing: {
    title: 'Pair this machine with a point',
    code: 'Pairing code',
    hint: 'Type the code from the technician or administrator, such as K7M-2PQ9X. It works once, within 10 minutes.',
    paired: 'This is the machine of {{point}}. Type another code to move it to another point.',
    enter: 'Pair',
    way: 'Pair this machine with a point',
    needed: 'This machine is not paired with a point',
    neededText: 'Only a paired machine joins “{{title}}” as a point. Ask the technician for a pairing code and type it here; this is done once.',
  },
  machine: {
    next: 'This machine joins by itself when it is time to connect. Nothing has to be done.',
    none: 'This point has no more meetings today.',
    away: 'The schedule could not be loaded. This page tries again by itself.',
    home: 'Calendar, invitations',
  },
};
