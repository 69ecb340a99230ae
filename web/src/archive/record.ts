/** One fragment of a track, as the index tells of it (recording/evidence, Record). Times are milliseconds. */
export interface Fragment {
  readonly leg: number;
  readonly at: number;
  readonly end: number;
  readonly offset: number;
  readonly length: number;
  readonly key: boolean;
  readonly damaged: boolean;
  readonly header: boolean;
  /** Number of its block in the index. */
  readonly block: number;
  /** SHA-256 of the bytes on disk. */
  readonly sum: Uint8Array;
}

export const recordSize = 80;

const flagKey = 1;
const flagDamaged = 2;
const flagHeader = 8;

/** Reads the records of a block; what is behind the last whole one is left out. */
export function readRecords(bytes: Uint8Array, block = 0): Fragment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Fragment[] = [];
  for (let at = 0; at + recordSize <= bytes.length; at += recordSize) {
    const flags = view.getUint16(at + 2);
    const begin = Number(view.getBigInt64(at + 8)) / 1000;
    fragments.push({
      leg: view.getUint16(at),
      at: begin,
      end: begin + view.getUint32(at + 16) / 1000,
      length: view.getUint32(at + 20),
      offset: Number(view.getBigUint64(at + 24)),
      key: (flags & flagKey) !== 0,
      damaged: (flags & flagDamaged) !== 0,
      header: (flags & flagHeader) !== 0,
      block,
      sum: bytes.subarray(at + 32, at + 64),
    });
  }
  return fragments;
}
