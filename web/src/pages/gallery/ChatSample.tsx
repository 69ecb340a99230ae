import { messages } from '../../conduct/sample';
import { ChatPanel } from '../../parts/ChatPanel';
import classes from './ChatSample.module.css';

const nothing = () => undefined;

/** Messages as a point, or as a keeper, sees them. */
export function ChatSample({ kind }: { readonly kind: 'point' | 'keeper' | 'empty' | 'off' }) {
  return (
    <main className={classes.page}>
      <h1 className="visually-hidden">{kind}</h1>
      <ChatPanel
        messages={kind === 'empty' ? [] : messages}
        off={kind === 'off'}
        keeper={kind === 'keeper'}
        mayWrite={kind !== 'off'}
        nameOf={(message) => message.name}
        onSay={async () => undefined}
        onWithdraw={nothing}
        onOff={nothing}
        onClose={nothing}
      />
    </main>
  );
}
