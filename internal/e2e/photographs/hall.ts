import type { Page } from '@playwright/test';

/**
 * A camera that shows a drawn meeting room: a table, people behind it who move a little, a banner without words.
 * Pictures of guides then look like a meeting and show nobody.
 */
export async function drawnHall(page: Page, hue: number): Promise<void> {
  await page.addInitScript(
    (tint) => {
      if (!navigator.mediaDevices) return; // about:blank has none
      const { mediaDevices } = navigator;
      const real = mediaDevices.getUserMedia.bind(mediaDevices);
      const picture = () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
        const pen = canvas.getContext('2d');
        let tick = 0;
        const draw = () => {
          if (!pen) return;
          tick += 1;
          const box = (colour: string, x: number, y: number, wide: number, high: number) => {
            pen.fillStyle = colour;
            pen.fillRect(x, y, wide, high);
          };
          box(`hsl(${tint} 22% 82%)`, 0, 0, 640, 360);
          box(`hsl(${tint} 26% 72%)`, 0, 232, 640, 128);
          box('#b3261e', 120, 34, 400, 58);
          box('#f2c14a', 136, 84, 368, 3);
          for (let person = 0; person < 5; person++) {
            const x = 96 + person * 112;
            const y = 176 + Math.sin(tick / 6 + person) * 2;
            pen.fillStyle = ['#5b4636', '#3f3a36', '#6a5140', '#4b4038', '#57493d'][person] ?? '#444';
            pen.beginPath();
            pen.arc(x, y, 24, 0, 7);
            pen.fill();
            pen.fillStyle = `hsl(${(tint + 190 + person * 9) % 360} 24% ${32 + person * 3}%)`;
            pen.beginPath();
            pen.ellipse(x, y + 66, 44, 44, 0, Math.PI, 0);
            pen.fill();
          }
          box(`hsl(28 38% 36%)`, 30, 240, 580, 58);
          box(`hsl(28 40% 28%)`, 30, 298, 580, 20);
        };
        draw();
        setInterval(draw, 100);
        return canvas.captureStream(10).getVideoTracks();
      };
      mediaDevices.getUserMedia = async (constraints) => {
        if (!constraints?.video) return real(constraints);
        const sound = constraints.audio ? (await real({ audio: constraints.audio })).getAudioTracks() : [];
        return new MediaStream([...picture(), ...sound]);
      };
    },
    hue,
  );
}
