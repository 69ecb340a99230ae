import { createBrowserHistory } from '@tanstack/react-router';

/** The address bar of this window: the router and the way into a meeting share it. */
export const history = createBrowserHistory();
