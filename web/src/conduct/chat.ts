import type { Right } from './board';
import type { PointId } from './state';

/** What is written to all in a meeting, as the bridge tells it. The text is plain and drawn as text. */
export interface ChatMessage {
  readonly number: number;
  readonly at: number;
  readonly point?: PointId;
  readonly right?: Right;
  readonly name: string;
  readonly text?: string;
  readonly withdrawn?: boolean;
}

/** How far the chat has come, with its newest messages: a part of the meeting's state. */
export interface ChatState {
  readonly off?: boolean;
  readonly count: number;
  readonly gone?: number;
  readonly last?: readonly ChatMessage[];
}

export interface ChatPage {
  readonly items: readonly ChatMessage[];
  readonly count: number;
  readonly gone: number;
  readonly off: boolean;
}

export const longestMessage = 1_000;

/** Every message up to a number, in order: a list without gaps. */
export interface ChatKnown {
  readonly messages: readonly ChatMessage[];
  readonly gone: number;
}

export const noChat: ChatKnown = { messages: [], gone: 0 };

/** What follows what is known; a message that would leave a gap is left out. */
export function following(known: readonly ChatMessage[], more: readonly ChatMessage[]): readonly ChatMessage[] {
  const all = [...known];
  for (const message of more) if (message.number === all.length + 1) all.push(message);
  return all.length === known.length ? known : all;
}

/** What is known after the state was told. Where it names messages withdrawn, all are read anew. */
export function told(known: ChatKnown, state: ChatState | undefined): ChatKnown {
  if (!state) return noChat;
  const gone = state.gone ?? 0;
  const messages = following(gone === known.gone ? known.messages : [], state.last ?? []);
  return messages === known.messages && gone === known.gone ? known : { messages, gone };
}

export const isBehind = (known: ChatKnown, state: ChatState | undefined): boolean => known.messages.length < (state?.count ?? 0);
