import { Problem } from '../api/problem';
import { Store } from '../app/store';

export interface LineState {
  /** The bridge has owed an answer for a while: what is shown may be old. */
  readonly stale: boolean;
  /** Why the bridge's last answer, or its silence, was no board. */
  readonly problem: Problem | null;
}

/** A board is asked for every second. One answer that is late is none that is missing. */
export const staleAfterMs = 5_000;

/** The bridge has answered: the session has ended, the board is not for him, or the meeting is not open. */
export const isRefusal = (problem: Problem): boolean => problem.status === 401 || problem.status === 403 || problem.status === 404;

/**
 * Whether what a board shows is what the meeting is at: counted from the first request that was not answered, so a
 * silent line, a pulled cable and a bridge that fails all look alike, however often they are asked again meanwhile.
 */
export class BoardLine {
  readonly state = new Store<LineState>({ stale: false, problem: null });
  private owedSince: number | null = null;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  async ask<T>(fetch: () => Promise<T>): Promise<T> {
    this.owedSince ??= this.clock();
    try {
      const answer = await fetch();
      this.answered(null);
      return answer;
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      if (isRefusal(problem)) this.answered(problem);
      else this.state.update({ problem });
      throw error;
    }
  }

  /** Time passes also while nothing comes. */
  readonly look = (): void => this.state.update({ stale: this.owedSince !== null && this.clock() - this.owedSince > staleAfterMs });

  private answered(problem: Problem | null): void {
    this.owedSince = null;
    this.state.update({ stale: false, problem });
  }
}
