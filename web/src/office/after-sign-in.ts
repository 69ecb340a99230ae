const key = 'diemcau.after';
const home = '/trang-chu';

/** Where somebody was who had to sign in first. The word behind a link's # stays in this window and goes into no address of a request. */
export function comeBackHere(): void {
  try {
    const { pathname, hash } = window.location;
    sessionStorage.setItem(key, `${pathname}${hash}`);
  } catch {
    // storage may be forbidden; signing in then leads to the first page
  }
}

/** Only a path of this application: a stored address of another host leads nowhere. */
export function pathWithin(stored: string | null, otherwise = home): string {
  return stored !== null && /^\/(?![/\\])/.test(stored) ? stored : otherwise;
}

/** Gives the way back once. */
export function takeWayBack(otherwise = home): string {
  try {
    const stored = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return pathWithin(stored, otherwise);
  } catch {
    return otherwise;
  }
}
