import type { Upgrade } from './upgrade';

const key = 'diemcau.reloaded';

/**
 * An old tab after an upgrade asks for a part of the application that is gone. It is loaded anew, once in ten seconds:
 * a bridge that is really broken must not make the page flicker. In a meeting the person is asked instead: a paper that
 * somebody presents would take all rooms out at once, the one that speaks among them.
 */
export function reloadForGoneParts(view: Pick<Window, 'addEventListener' | 'sessionStorage' | 'location'>, upgrade: Upgrade): void {
  view.addEventListener('vite:preloadError', (event) => {
    if (upgrade.attends) return upgrade.gone();
    const last = Number(view.sessionStorage.getItem(key) ?? 0);
    if (Date.now() - last < 10_000) return;
    event.preventDefault();
    view.sessionStorage.setItem(key, String(Date.now()));
    view.location.reload();
  });
}
