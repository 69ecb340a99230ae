import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api/problem';
import { Icon } from '../app/icons';
import { longestMessage, type ChatMessage } from '../conduct/chat';
import { timeText } from '../i18n/clock';
import classes from './ChatPanel.module.css';

interface ChatPanelProps {
  readonly messages: readonly ChatMessage[];
  readonly off: boolean;
  /** Chair and secretary withdraw messages and switch them off. */
  readonly keeper: boolean;
  readonly mayWrite: boolean;
  readonly nameOf: (message: ChatMessage) => string;
  /** Throws a Problem when the bridge refuses. */
  readonly onSay: (text: string) => Promise<void>;
  readonly onWithdraw?: (number: number) => void;
  readonly onOff?: (off: boolean) => void;
  readonly onClose: () => void;
}

/** What is written to all: oldest above, the newest in sight, the field below. */
export function ChatPanel(props: ChatPanelProps) {
  const { t } = useTranslation();
  const { messages, off, keeper, mayWrite } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (messages.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [messages.length]);
  return (
    <aside className={classes.panel} aria-label={t('chat.title')} data-testid="chat">
      <header className={classes.head}>
        <h2>{t('chat.title')}</h2>
        {keeper && (
          <button type="button" onClick={() => props.onOff?.(!off)}>
            {t(off ? 'chat.turnOn' : 'chat.turnOff')}
          </button>
        )}
        <button type="button" className={classes.close} onClick={props.onClose} aria-label={t('app.close')}>
          <Icon name="close" size={20} />
        </button>
      </header>
      {/* It scrolls, so it must be reachable by keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={list} className={classes.list} role="log" aria-label={t('chat.title')} tabIndex={0}>
        <ol>
          {messages.length === 0 && <li className={classes.empty}>{t('chat.empty')}</li>}
          {messages.map((message) => (
            <Message key={message.number} message={message} name={props.nameOf(message)} {...(keeper && props.onWithdraw ? { onWithdraw: props.onWithdraw } : {})} />
          ))}
        </ol>
      </div>
      {off && (
        <p className={classes.off} role="status">
          {t('chat.off')}
        </p>
      )}
      {mayWrite && <Writer onSay={props.onSay} onClose={props.onClose} />}
    </aside>
  );
}

function Message({ message, name, onWithdraw }: { readonly message: ChatMessage; readonly name: string; readonly onWithdraw?: (number: number) => void }) {
  const { t } = useTranslation();
  return (
    <li className={classes.message} data-right={message.right} data-testid="message">
      <p className={classes.who}>
        <strong>{name}</strong>
        {message.right && <span>{t(`chat.right.${message.right}`)}</span>}
        <time dateTime={new Date(message.at).toISOString()}>{timeText(new Date(message.at))}</time>
      </p>
      {message.withdrawn ? <p className={classes.gone}>{t('chat.withdrawn')}</p> : <p className={classes.text}>{message.text}</p>}
      {onWithdraw && !message.withdrawn && (
        <button type="button" className={classes.withdraw} onClick={() => onWithdraw(message.number)}>
          {t('chat.withdraw')}
        </button>
      )}
    </li>
  );
}

function Writer({ onSay, onClose }: Pick<ChatPanelProps, 'onSay' | 'onClose'>) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const left = longestMessage - Array.from(text.trim()).length;
  const send = async () => {
    if (busy || text.trim() === '' || left < 0) return;
    setBusy(true);
    try {
      await onSay(text);
      setText('');
      setFault('');
    } catch (error) {
      setFault(t(`problem.${codeOf(error)}`, { seconds: 10 }));
    } finally {
      setBusy(false);
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
    // Vietnamese is composed on many machines: that Enter ends the word, not the message.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      className={classes.writer}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void send();
      }}
    >
      {fault !== '' && (
        <p className={classes.fault} role="alert">
          {fault}
        </p>
      )}
      <textarea value={text} rows={2} aria-label={t('chat.write')} placeholder={t('chat.write')} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={press} />
      <div className={classes.foot}>
        <span data-over={left < 0 || undefined}>{left <= 200 ? t('chat.left', { count: left }) : ''}</span>
        <button type="submit" className={classes.send} disabled={busy || text.trim() === '' || left < 0}>
          {t('chat.send')}
        </button>
      </div>
    </form>
  );
}
