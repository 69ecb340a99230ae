import type { PDFDocumentLoadingTask, PDFDocumentProxy, RenderTask } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { call } from '../api/call';
import { Problem, type ProblemCode } from '../api/problem';
import { Store } from '../app/store';

export type PaperState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'open'; readonly pages: number }
  | { readonly kind: 'refused'; readonly code: ProblemCode }
  /** The bytes are here and are no PDF that can be drawn. */
  | { readonly kind: 'broken' };

/** Whether a whole page is seen, or all of its width. */
export type Fit = 'page' | 'width';

export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** A thin line takes its time with a large file. */
const patienceMs = 120_000;
/** More pixels than that no screen shows, and old machines do not have the memory. */
const mostPixels = 12_000_000;

/** The scale at which a page of a size fits a frame. */
export function scaleOf(page: Frame, frame: Frame, fit: Fit): number {
  const wide = frame.width / page.width;
  return fit === 'width' ? wide : Math.min(wide, frame.height / page.height);
}

/** Pixels for each CSS pixel: as sharp as the screen, within the memory. */
export function sharpness(page: Frame, scale: number, screen: number): number {
  const most = Math.sqrt(mostPixels / (page.width * scale * page.height * scale));
  return Math.min(screen, Math.max(0.5, most));
}

/** The PDF code comes only when somebody opens a paper; its worker, maps and fonts are this bridge's own files. */
async function loadPdf() {
  const [pdf, worker] = await Promise.all([import('pdfjs-dist/legacy/build/pdf.mjs'), import('pdfjs-dist/legacy/build/pdf.worker.min.mjs?url')]);
  pdf.GlobalWorkerOptions.workerSrc = worker.default;
  return pdf;
}

/** Owns one open paper: its bytes in memory alone, gone when it is closed. */
export class PaperBook {
  readonly state = new Store<PaperState>({ kind: 'loading' });
  private task: PDFDocumentLoadingTask | null = null;
  private file: PDFDocumentProxy | null = null;
  private drawing: RenderTask | null = null;
  private closed = false;

  constructor(private readonly path: string) {}

  async open(): Promise<void> {
    try {
      const [pdf, bytes] = await Promise.all([loadPdf(), call(this.path, {}, patienceMs).then(async (response) => response.arrayBuffer())]);
      if (this.closed) return;
      const base = PDF_PARTS;
      this.task = pdf.getDocument({
        data: bytes,
        cMapUrl: `${base}cmaps/`,
        standardFontDataUrl: `${base}standard_fonts/`,
        wasmUrl: `${base}wasm/`,
        iccUrl: `${base}iccs/`,
        enableXfa: false,
        stopAtErrors: false,
      });
      this.file = await this.task.promise;
      this.state.set({ kind: 'open', pages: this.file.numPages });
    } catch (error) {
      if (this.closed) return;
      this.state.set(error instanceof Problem ? { kind: 'refused', code: error.code } : { kind: 'broken' });
    }
  }

  /** Draws a page into the canvas. The last call wins; earlier ones end without a word. */
  async draw(canvas: HTMLCanvasElement, number: number, frame: Frame, fit: Fit): Promise<void> {
    const { file } = this;
    if (!file || frame.width < 1 || frame.height < 1) return;
    this.drawing?.cancel();
    try {
      const page = await file.getPage(Math.min(Math.max(1, number), file.numPages));
      const whole = page.getViewport({ scale: 1 });
      const scale = scaleOf(whole, frame, fit);
      const sharp = sharpness(whole, scale, window.devicePixelRatio);
      const viewport = page.getViewport({ scale: scale * sharp });
      // Drawn aside first: the page before stays until this one is whole.
      const aside = document.createElement('canvas');
      aside.width = Math.floor(viewport.width);
      aside.height = Math.floor(viewport.height);
      this.drawing = page.render({ canvas: aside, viewport });
      await this.drawing.promise;
      if (this.closed) return;
      canvas.width = aside.width;
      canvas.height = aside.height;
      canvas.style.width = `${aside.width / sharp}px`;
      canvas.style.height = `${aside.height / sharp}px`;
      canvas.getContext('2d')?.drawImage(aside, 0, 0);
      canvas.dataset['page'] = String(page.pageNumber);
    } catch (error) {
      const cancelled = error instanceof Error && error.name === 'RenderingCancelledException';
      if (!cancelled && !this.closed) this.state.set({ kind: 'broken' });
    }
  }

  close(): void {
    this.closed = true;
    this.drawing?.cancel();
    void this.task?.destroy();
    this.file = null;
  }
}
