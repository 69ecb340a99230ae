const key = 'diemcau.reloaded';

/**
 * An old tab after an upgrade asks for a part of the application that is gone. It is loaded anew, once in ten seconds:
 * a bridge that is really broken must not make the page flicker.
 */
export function reloadForGoneParts(view: Window): void {
  view.addEventListener('vite:preloadError', (event) => {
    const last = Number(view.sessionStorage.getItem(key) ?? 0);
    if (Date.now() - last < 10_000) return;
    event.preventDefault();
    view.sessionStorage.setItem(key, String(Date.now()));
    view.location.reload();
  });
}
