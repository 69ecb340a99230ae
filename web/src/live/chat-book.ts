import { Store } from '../app/store';
import { following, isBehind, noChat, told, type ChatKnown, type ChatPage, type ChatState } from '../conduct/chat';

/** Keeps what was written in the meeting: follows the state, and reads what the state no longer names. */
export class ChatBook {
  readonly view = new Store<ChatKnown>(noChat);
  private state: ChatState | undefined;
  private reading = false;

  constructor(private readonly read: (after: number) => Promise<ChatPage>) {}

  follow(state: ChatState | undefined): void {
    this.state = state;
    this.view.set(told(this.view.get(), state));
    if (isBehind(this.view.get(), state)) void this.catchUp();
  }

  private async catchUp(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      while (isBehind(this.view.get(), this.state)) {
        const { messages: before, gone } = this.view.get();
        const page = await this.read(before.length);
        // A message withdrawn meanwhile began the list anew.
        if (this.view.get().gone !== gone) continue;
        const messages = following(following(before, page.items), this.state?.last ?? []);
        if (messages.length === before.length) return;
        this.view.update({ messages });
      }
    } catch {
      // The line is out: the next state asks again.
    } finally {
      this.reading = false;
    }
  }
}
