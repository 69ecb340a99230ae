import { Track } from 'livekit-client';
import { useEffect, useRef } from 'react';
import classes from './Preview.module.css';

/** Picture and sound of one point, here and nowhere else (CON-05). */
export function Preview({ tracks }: { readonly tracks: readonly Track[] }) {
  const video = useRef<HTMLVideoElement>(null);
  const audio = useRef<HTMLAudioElement>(null);
  const picture = tracks.find((track) => track.kind === Track.Kind.Video);
  const sound = tracks.find((track) => track.kind === Track.Kind.Audio);
  useEffect(() => {
    const element = video.current;
    if (!element || !picture) return undefined;
    picture.attach(element);
    return () => void picture.detach(element);
  }, [picture]);
  useEffect(() => {
    const element = audio.current;
    if (!element || !sound) return undefined;
    sound.attach(element);
    return () => void sound.detach(element);
  }, [sound]);
  return (
    <>
      <video ref={video} className={classes.video} muted playsInline autoPlay data-testid="preview-picture" />
      <audio ref={audio} autoPlay />
    </>
  );
}
