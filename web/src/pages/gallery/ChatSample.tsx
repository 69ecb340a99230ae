import { briefing } from '../../conduct/sample';
import type { ChatMessage } from '../../conduct/chat';
import { ChatPanel } from '../../parts/ChatPanel';
import classes from './ChatSample.module.css';

const { now } = briefing;
const nothing = () => undefined;

const messages: readonly ChatMessage[] = [
  { number: 1, at: now - 600_000, point: 'LG-X2', name: 'Xã Làng Mẫu', text: 'Đề nghị văn phòng gửi lại phụ lục 2.' },
  { number: 2, at: now - 540_000, right: 'thu-ky', name: 'Vũ Thị Nháp', text: 'Đã gửi. Tải ở mục Tài liệu,\nnội dung 4.' },
  { number: 3, at: now - 300_000, point: 'LG-P2', name: 'Phường Giả Định', withdrawn: true },
  { number: 4, at: now - 60_000, point: 'LG-X1', name: 'Xã Tân Dụ '.repeat(20), text: 'khôngcókhoảngtrắng'.repeat(12) },
];

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
