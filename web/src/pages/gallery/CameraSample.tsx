import { useState } from 'react';
import { CameraPanel } from '../room/CameraPanel';
import classes from './ChatSample.module.css';

const nothing = () => undefined;

function drawnTrack(): MediaStreamTrack | undefined {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const pen = canvas.getContext('2d');
  if (pen) {
    pen.fillStyle = '#5f7f94';
    pen.fillRect(0, 0, 640, 360);
  }
  return canvas.captureStream(1).getVideoTracks()[0];
}

/** The framing of a camera that turns and zooms. */
export function CameraSample() {
  const [track] = useState(drawnTrack);
  return (
    <main className={classes.page}>
      <h1 className="visually-hidden">camera</h1>
      {track && <CameraPanel track={track} reach={{ pan: { min: -180, max: 180, step: 1 }, tilt: { min: -30, max: 30, step: 1 }, zoom: { min: 100, max: 400, step: 10 } }} onClose={nothing} />}
    </main>
  );
}
