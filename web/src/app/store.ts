/** A value with subscribers, in the shape that useSyncExternalStore asks for. */
export class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of this.listeners) listener();
  }

  /** Sets some properties; listeners hear nothing when none of them is new. */
  update(change: Partial<T>): void {
    const next = { ...this.value, ...change };
    const changed = (Object.keys(change) as (keyof T)[]).some((key) => !Object.is(next[key], this.value[key]));
    if (changed) this.set(next);
  }
}
