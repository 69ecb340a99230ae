import { describe, expect, it } from 'vitest';
import { ChatBook } from '../live/chat-book';
import type { ChatMessage, ChatPage } from './chat';

const message = (number: number, more: Partial<ChatMessage> = {}): ChatMessage => ({ number, at: number, name: 'Xã Tân Dụ', text: `tin ${number}`, ...more });
const settle = async () => new Promise((done) => setTimeout(done));

function bookOf(all: ChatMessage[], page = 2) {
  const asked: number[] = [];
  const read = async (after: number): Promise<ChatPage> => {
    asked.push(after);
    return { items: all.slice(after, after + page), count: all.length, gone: 0, off: false };
  };
  return { book: new ChatBook(read), asked };
}

describe('messages of a meeting', () => {
  it('come with the state, and nobody asks', async () => {
    const { book, asked } = bookOf([]);
    book.follow({ count: 1, last: [message(1)] });
    book.follow({ count: 3, last: [message(1), message(2), message(3)] });
    await settle();
    expect(book.view.get().messages.map((each) => each.number)).toEqual([1, 2, 3]);
    expect(asked).toEqual([]);
  });

  it('are read from where they are known, page by page, by who comes later', async () => {
    const all = [1, 2, 3, 4, 5].map((number) => message(number));
    const { book, asked } = bookOf(all);
    book.follow({ count: 5, last: all.slice(3) });
    await settle();
    expect(book.view.get().messages).toEqual(all);
    expect(asked).toEqual([0, 2]); // the last one fills up what the state named
  });

  it('lose the text of one that was withdrawn', async () => {
    const all = [message(1), message(2)];
    const { book } = bookOf(all);
    book.follow({ count: 2, last: all });
    all[0] = message(1, { withdrawn: true });
    book.follow({ count: 2, gone: 1, last: [] });
    await settle();
    expect(book.view.get().messages[0]?.withdrawn).toBe(true);
  });

  it('are asked for again after an answer that did not come', async () => {
    let fails = true;
    const book = new ChatBook(async () => {
      if (fails) throw new Error('line');
      return { items: [message(1)], count: 1, gone: 0, off: false };
    });
    book.follow({ count: 1 });
    await settle();
    expect(book.view.get().messages).toEqual([]);
    fails = false;
    book.follow({ count: 1 });
    await settle();
    expect(book.view.get().messages).toHaveLength(1);
  });
});
