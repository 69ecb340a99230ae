import type { ChatView } from '../../live/use-chat';
import type { MeetingSession } from '../../meeting/session';
import type { MeetingState } from '../../meeting/state';
import { ChatPanel } from '../../parts/ChatPanel';

interface RoomChatProps {
  readonly chat: ChatView;
  readonly state: MeetingState;
  readonly session: MeetingSession;
  readonly onClose: () => void;
}

/** Messages beside the picture: a point reads and writes, it does not withdraw. */
export function RoomChat({ chat, state, session, onClose }: RoomChatProps) {
  const { conduct } = state;
  return (
    <ChatPanel
      messages={chat.messages}
      off={conduct?.chat?.off ?? false}
      keeper={false}
      mayWrite={conduct?.phase !== 'be-mac' && conduct?.chat?.off !== true}
      nameOf={(message) => message.name}
      onSay={async (text) => session.perform({ do: 'say', with: { text } })}
      onClose={onClose}
    />
  );
}
