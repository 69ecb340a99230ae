import { get } from '../api/call';
import { Problem } from '../api/problem';
import { Store } from '../app/store';
import { LineBook, type LineFigures, type Reading } from '../conduct/lines';

const everyMs = 2_000;

export interface LineView {
  readonly figures: ReadonlyMap<string, LineFigures>;
  /** When they were measured, by the bridge's clock; 0 before the first answer. */
  readonly at: number;
}

/** Asks the bridge every two seconds what it measures of each line. Ends by itself where that is not this person's to know. */
export class LineWatch {
  readonly view = new Store<LineView>({ figures: new Map(), at: 0 });
  private readonly book = new LineBook();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly meeting: string) {}

  open(): void {
    this.closed = false;
    void this.ask();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    const asked = performance.now();
    try {
      const reading = await get<Reading>(`/api/meetings/${encodeURIComponent(this.meeting)}/lines`);
      if (this.closed) return;
      this.view.set({ figures: this.book.take(reading), at: Date.parse(reading.at) });
    } catch (error) {
      // Not his to know: asking again would only fill the bridge's log.
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) return;
    }
    if (!this.closed) this.timer = setTimeout(() => void this.ask(), Math.max(200, everyMs - (performance.now() - asked)));
  }
}
