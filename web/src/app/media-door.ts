import { Entrance } from './entrance';
import { history } from './history';
import { waysOf } from './ways';

/** Loaded with the media code, when a page needs it; one for the window, so that going home and back keeps the meeting's way in. */
export const entrance = new Entrance(waysOf(history));
void entrance.open();
