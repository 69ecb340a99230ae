import type { IndexHead } from './desk';
import { recordSize } from './record';

/**
 * What a browser can prove by itself: that the fragments it plays are those whose hashes are in the index, that the
 * index has the root that was signed, and that the signature is of the key of the bridge that recorded. Not proven is
 * whose key that is: `diemcau archive verify --key` does that with a key from elsewhere.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** Hashes need a secure context (HTTPS, or this machine). */
export const canHash = (): boolean => globalThis.crypto?.subtle !== undefined;

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function bytesOf(hex: string): Bytes {
  const bytes = new Uint8Array(Math.floor(hex.length / 2));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

async function prefixed(prefix: number, ...parts: readonly Uint8Array[]): Promise<Bytes> {
  const all = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  all[0] = prefix;
  let at = 1;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return sha256(all);
}

/**
 * The root over nodes of a Merkle tree of RFC 6962 that are all of one height but the last: pairs are joined level by
 * level and an odd one moves up, which is what splitting at the largest power of two comes to.
 */
export async function joined(nodes: readonly Bytes[]): Promise<Bytes> {
  if (nodes.length === 0) return sha256(new Uint8Array());
  let level = nodes;
  while (level.length > 1) {
    const below = level;
    const pairs = Array.from({ length: Math.ceil(below.length / 2) }, async (_, i) => {
      const [left, right] = [below[2 * i], below[2 * i + 1]];
      return right && left ? prefixed(1, left, right) : (left ?? sha256(new Uint8Array()));
    });
    level = await Promise.all(pairs);
  }
  return level[0] ?? sha256(new Uint8Array());
}

/** The hash of a block of the index. */
export async function blockHash(records: Uint8Array): Promise<string> {
  const leaves = Array.from({ length: Math.floor(records.length / recordSize) }, async (_, i) => prefixed(0, records.subarray(i * recordSize, (i + 1) * recordSize)));
  return hexOf(await joined(await Promise.all(leaves)));
}

export type Proof = 'proven' | 'unproven' | 'broken';

const contexts = { manifest: 'diemcau manifest v1\n', checkpoint: 'diemcau checkpoint v1\n' };

/** Checks the head of an index: its blocks make its root, and its root is signed. "unproven" is that the browser cannot check it. */
export async function headProof(head: IndexHead): Promise<Proof> {
  if (!canHash()) return 'unproven';
  if (head.records === 0) return 'unproven';
  if (hexOf(await joined(head.blocks.map((block) => bytesOf(block.hash)))) !== head.root) return 'broken';
  const signed = signedOf(head);
  if (signed === null) return 'broken';
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey('raw', bytesOf(head.key), { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return 'unproven'; // an older browser without Ed25519
  }
  return (await crypto.subtle.verify({ name: 'Ed25519' }, key, signed.signature, signed.text)) ? 'proven' : 'broken';
}

interface Signed {
  readonly text: Bytes;
  readonly signature: Bytes;
}

/** The text that was signed and its signature, if it is about this root; null when it is not. */
export function signedOf(head: IndexHead): Signed | null {
  const { manifest, signature, checkpoint } = head.seal;
  if (manifest !== undefined && signature !== undefined) {
    const text = Uint8Array.from(atob(manifest), (letter) => letter.codePointAt(0) ?? 0);
    const said = parsed(new TextDecoder().decode(text));
    if (said?.root !== head.root || said.records !== head.records || said.key !== head.key) return null;
    return { text: behind(contexts.manifest, text), signature: bytesOf(signature) };
  }
  if (checkpoint === undefined) return null;
  const said = parsed(checkpoint);
  if (said?.root !== head.root || said.records !== head.records || typeof said.sig !== 'string') return null;
  // The line is signed as it was before its signature was put at its end.
  const bare = checkpoint.replace(`,"sig":"${said.sig}"`, '');
  return { text: behind(contexts.checkpoint, new TextEncoder().encode(bare)), signature: bytesOf(said.sig) };
}

function behind(context: string, text: Uint8Array): Bytes {
  const head = new TextEncoder().encode(context);
  const all = new Uint8Array(head.length + text.length);
  all.set(head);
  all.set(text, head.length);
  return all;
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
