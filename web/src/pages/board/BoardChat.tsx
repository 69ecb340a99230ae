import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/call';
import type { Board } from '../../conduct/board';
import type { ChatPage } from '../../conduct/chat';
import type { Deed } from '../../conduct/deed';
import { act } from '../../live/acts';
import { useChat } from '../../live/use-chat';
import { ChatPanel } from '../../parts/ChatPanel';
import classes from './BoardChat.module.css';

/** Messages at a board: the button in its head, and the panel that it opens. */
export function BoardChat({ board }: { readonly board: Board }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { plan, live, you } = board;
  const read = async (after: number) => get<ChatPage>(`/api/meetings/${encodeURIComponent(plan.id)}/chat?after=${after}`);
  const { messages, unread } = useChat(live.chat, read, open);
  const perform = async (deed: Deed) => act(plan.id, deed);
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className={classes.button} aria-expanded={open} onClick={() => setOpen(!open)} data-testid="board-chat">
        {t('chat.title')}
        {unread > 0 && (
          <span className={classes.unread} aria-label={t('chat.unread', { count: unread })}>
            {unread}
          </span>
        )}
      </button>
      <Drawer opened={open} onClose={close} position="right" size={420} withCloseButton={false} transitionProps={{ duration: 0 }} classNames={{ body: classes.body ?? '' }} title={null}>
        <ChatPanel
          messages={messages}
          off={live.chat?.off ?? false}
          keeper={you.seats.some((seat) => seat === 'chu-tri' || seat === 'thu-ky')}
          mayWrite={you.seats.length > 0 && live.phase !== 'be-mac'}
          nameOf={(message) => message.name}
          onSay={async (text) => perform({ do: 'say', with: { text } })}
          onWithdraw={(number) => void perform({ do: 'withdraw-message', with: { number } })}
          onOff={(off) => void perform({ do: 'set-chat', with: { off } })}
          onClose={close}
        />
      </Drawer>
    </>
  );
}
