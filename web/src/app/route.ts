import { Store } from './store';

export type Route = { readonly page: 'join' } | { readonly page: 'meeting'; readonly room: string };

export function parsePath(path: string): Route {
  const room = /^\/hop\/([^/]+)\/?$/.exec(path)?.[1];
  if (room === undefined) return { page: 'join' };
  try {
    return { page: 'meeting', room: decodeURIComponent(room) };
  } catch {
    return { page: 'join' };
  }
}

export function pathOf(route: Route): string {
  return route.page === 'join' ? '/' : `/hop/${encodeURIComponent(route.room)}`;
}

/** The address bar as a store. Two pages need no routing library. */
export class Router {
  readonly route: Store<Route>;

  constructor(private readonly view: Window) {
    this.route = new Store(parsePath(view.location.pathname));
    view.addEventListener('popstate', () => this.route.set(parsePath(view.location.pathname)));
  }

  go(route: Route): void {
    this.view.history.pushState(null, '', pathOf(route));
    this.route.set(route);
  }

  replace(route: Route): void {
    this.view.history.replaceState(null, '', pathOf(route));
    this.route.set(route);
  }
}
