/** The place of the last element that fits; -1 when none does. (Array.findLastIndex is younger than the browsers at the points.) */
export function lastIndex<T>(all: readonly T[], fits: (each: T) => boolean): number {
  for (let i = all.length - 1; i >= 0; i--) {
    const each = all[i];
    if (each !== undefined && fits(each)) return i;
  }
  return -1;
}

export function lastOf<T>(all: readonly T[], fits: (each: T) => boolean): T | undefined {
  return all[lastIndex(all, fits)];
}
