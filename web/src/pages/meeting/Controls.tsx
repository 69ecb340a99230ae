import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from '../../app/icons';
import type { LayoutWish } from '../../meeting/layout';
import type { MeetingSession } from '../../meeting/session';
import type { MeetingState } from '../../meeting/state';
import classes from './Controls.module.css';

interface ControlsProps {
  readonly state: MeetingState;
  /** The meeting has a chair: layout comes from there, and the sign of the microphone stands above. */
  readonly conducted: boolean;
  readonly mayMic: boolean;
  readonly onHelp: () => void;
  readonly onContent: () => void;
  readonly onChat: () => void;
  readonly onPapers: () => void;
  /** Null for a camera that cannot be moved. */
  readonly onAim: (() => void) | null;
  readonly unread: number;
  readonly side: 'chat' | 'papers' | 'aim' | null;
  readonly session: MeetingSession;
  readonly layout: LayoutWish;
  readonly nextLayout: LayoutWish;
  readonly full: boolean;
  readonly onLayout: () => void;
  readonly onFullscreen: () => void;
  readonly onDevices: () => void;
  readonly onKeys: () => void;
  readonly onLeave: () => void;
}

const canShare = typeof navigator !== 'undefined' && typeof navigator.mediaDevices?.getDisplayMedia === 'function';

export function Controls(props: ControlsProps) {
  const { t } = useTranslation();
  const { state, session } = props;
  const { mic, camera, sharing } = state;
  return (
    <footer className={classes.bar} data-conducted={props.conducted}>
      {props.conducted ? (
        <span />
      ) : (
        <p className={classes.own} data-on={mic} data-testid="own-mic">
          <Icon name={mic ? 'mic' : 'micOff'} size={28} />
          {mic ? t('meeting.ownMicOn') : t('meeting.ownMicOff')}
        </p>
      )}
      <div className={classes.middle} role="toolbar" aria-label={t('control.bar')}>
        <Control icon={mic ? 'mic' : 'micOff'} off={!mic} keys="M" disabled={!mic && !props.mayMic} onClick={session.toggleMic}>
          {mic ? t('control.micOff') : t('control.micOn')}
        </Control>
        <Control icon={camera ? 'camera' : 'cameraOff'} off={!camera} keys="V" onClick={session.toggleCamera}>
          {camera ? t('control.cameraOff') : t('control.cameraOn')}
        </Control>
        {props.onAim && (
          <Control icon="aim" keys="K" active={props.side === 'aim'} onClick={props.onAim}>
            {t('camera.short')}
          </Control>
        )}
        {canShare && (
          <Control icon={sharing ? 'shareStop' : 'share'} active={sharing} keys="S" onClick={session.toggleShare}>
            {sharing ? t('control.shareStop') : t('control.share')}
          </Control>
        )}
        {props.conducted ? (
          <Control icon="expand" onClick={props.onContent}>
            {t('room.contentWindow')}
          </Control>
        ) : (
          <Control icon="layout" keys="L" onClick={props.onLayout} title={t(`control.layoutNow.${props.nextLayout}`)}>
            {t('control.layout')}: {t(`control.layoutNow.${props.layout}`)}
          </Control>
        )}
        {props.conducted && (
          <Control icon="paper" keys="R" active={props.side === 'papers'} onClick={props.onPapers}>
            {t('papersRead.short')}
          </Control>
        )}
        {props.conducted && (
          <Control icon="chat" keys="T" active={props.side === 'chat'} count={props.unread} onClick={props.onChat}>
            {t('chat.title')}
          </Control>
        )}
        <Control icon={props.full ? 'shrink' : 'expand'} keys="F" onClick={props.onFullscreen}>
          {props.full ? t('control.fullscreenExit') : t('control.fullscreen')}
        </Control>
        <Control icon="devices" keys="D" onClick={props.onDevices}>
          {t('control.devices')}
        </Control>
        <Control icon="keys" keys="?" onClick={props.onKeys}>
          {t('control.help')}
        </Control>
        <Control icon="warning" onClick={props.onHelp}>
          {t('room.help')}
        </Control>
      </div>
      <button type="button" className={classes.leave} onClick={props.onLeave}>
        <Icon name="leave" />
        {t('control.leave')}
      </button>
    </footer>
  );
}

interface ControlProps {
  readonly icon: IconName;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly children: React.ReactNode;
  readonly onClick: () => void;
  readonly off?: boolean;
  readonly active?: boolean;
  readonly title?: string;
  readonly count?: number;
}

function Control({ icon, keys, children, onClick, off = false, active = false, disabled = false, title, count = 0 }: ControlProps) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={classes.control}
      data-off={off}
      data-active={active}
      aria-keyshortcuts={keys}
      title={title}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={26} />
      <span>{children}</span>
      {count > 0 && (
        <span className={classes.count} aria-label={t('chat.unread', { count })}>
          {count}
        </span>
      )}
    </button>
  );
}
