import { useEffect, useState } from 'react';
import { useStore } from '../app/use-store';
import type { ChatKnown, ChatPage, ChatState } from '../conduct/chat';
import { ChatBook } from './chat-book';

export interface ChatView extends ChatKnown {
  readonly unread: number;
}

/** The messages of the meeting, and how many came since the panel was last open. */
export function useChat(state: ChatState | undefined, read: (after: number) => Promise<ChatPage>, shown: boolean): ChatView {
  const [book] = useState(() => new ChatBook(read));
  const [seen, setSeen] = useState<number | null>(null);
  useEffect(() => book.follow(state), [book, state]);
  const known = useStore(book.view);
  const count = state?.count ?? 0;
  // What was written before this page was opened is old; what comes while the panel is open is read.
  if (seen === null ? state !== undefined : shown && seen !== count) setSeen(count);
  return { ...known, unread: shown ? 0 : Math.max(0, count - (seen ?? count)) };
}
