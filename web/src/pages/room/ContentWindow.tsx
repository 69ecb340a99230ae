import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Store } from '../../app/store';
import { useStore } from '../../app/use-store';
import { contentDoor, type ContentPicture } from '../../meeting/content-door';
import classes from './ContentWindow.module.css';

/** The content screen of a room with two screens: the shared picture, whole and sharp, and nothing else (CON-11). */
export function ContentWindow() {
  const [picture] = useState(() => contentDoor(window.opener)?.picture ?? new Store<ContentPicture>({ stream: null, name: '' }));
  const { stream, name } = useStore(picture);
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    document.title = t('room.contentWindow');
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'f') return;
      const wish = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
      wish.catch(() => undefined);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [t]);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <main className={classes.page}>
      <h1 className="visually-hidden">{t('room.contentWindow')}</h1>
      {stream ? (
        <video ref={video} className={classes.video} autoPlay muted playsInline />
      ) : (
        <div className={classes.none}>
          <strong>{t('room.contentNone')}</strong>
          <span>{t('room.contentHint')}</span>
        </div>
      )}
      {stream && name !== '' && <p className={classes.name}>{name}</p>}
    </main>
  );
}
