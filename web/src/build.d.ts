/** Where the parts of pdf.js are that it fetches by itself; vite.config.ts sets it. */
declare const PDF_PARTS: string;
