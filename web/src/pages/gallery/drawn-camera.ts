import type { Track } from 'livekit-client';

/** A camera that shows a drawn table with people at it, up to both ends, so that cropping is seen; or a sheet with a frame. */
export function drawnCamera(width: number, height: number, hue: number, sheet = ''): Track {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  const draw = () => {
    if (!pen) return;
    pen.fillStyle = sheet !== '' ? '#fff' : `hsl(${hue} 22% 80%)`;
    pen.fillRect(0, 0, width, height);
    pen.strokeStyle = '#b3261e';
    pen.lineWidth = height / 60;
    pen.strokeRect(pen.lineWidth / 2, pen.lineWidth / 2, width - pen.lineWidth, height - pen.lineWidth);
    if (sheet !== '') {
      pen.fillStyle = '#1a2430';
      pen.font = `${height / 18}px 'Be Vietnam Pro', sans-serif`;
      for (let line = 1; line <= 12; line++) pen.fillText(`${line}. ${sheet}`, width / 16, (height * (line + 1)) / 15);
      return;
    }
    const people = 6;
    for (let person = 0; person < people; person++) {
      pen.fillStyle = `hsl(${(hue + 40 * person) % 360} 30% 32%)`;
      const x = (width * (person + 0.5)) / people;
      pen.beginPath();
      pen.arc(x, height * 0.5, height * 0.07, 0, 7);
      pen.ellipse(x, height * 0.72, height * 0.12, height * 0.14, 0, Math.PI, 0);
      pen.fill();
    }
    pen.fillStyle = '#7a5232';
    pen.fillRect(0, height * 0.7, width, height * 0.14);
  };
  const timer = setInterval(draw, 500);
  draw();
  const stream = canvas.captureStream(2);
  const part: Pick<Track, 'attach' | 'detach'> = {
    attach: ((element: HTMLVideoElement) => Object.assign(element, { srcObject: stream })) as unknown as Track['attach'],
    detach: ((element: HTMLVideoElement) => {
      clearInterval(timer);
      return Object.assign(element, { srcObject: null });
    }) as unknown as Track['detach'],
  };
  return part as Track;
}
