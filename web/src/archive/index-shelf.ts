import type { IndexHead } from './desk';
import { blockHash, canHash, headProof, type Proof } from './proof';
import { readRecords, recordSize, type Fragment } from './record';
import { lastIndex } from './last';

/** How the archive vouches for what is played. "bridge": the bridge checks, the browser cannot. */
export type Sign = 'checking' | 'verified' | 'bridge' | 'broken';

/** How many blocks are kept; a block is some minutes of a small meeting, some seconds of a large one. */
const keptBlocks = 64;
/** How far before a second a picture is looked for from which decoding can begin. */
const lookBackMs = 120_000;

/** How many records of a block a head of the index vouches for. */
const recordsOf = (head: IndexHead, block: number): number => Math.max(0, Math.min(head.block, head.records - block * head.block));

/** The index of a recording, fetched block by block as it is needed. Nothing of it is loaded whole. */
export class IndexShelf {
  private readonly blocks = new Map<number, Promise<readonly Fragment[]>>();
  private readonly proofs = new Map<number, Promise<void>>();
  private readonly headers = new Map<number, Fragment>();
  sign: Sign = 'checking';

  constructor(
    public index: IndexHead,
    private readonly fetchBlock: (block: number) => Promise<Uint8Array<ArrayBuffer>>,
    /** Fragments come as they are on disk, so that they can be compared. */
    readonly comparable: boolean,
    private readonly onSign: (sign: Sign) => void = () => undefined,
    /** Somebody signed the index: that of a mix is only held to its own hashes. */
    signed = true,
  ) {
    this.prove(signed ? headProof(index) : Promise.resolve('unproven'));
  }

  private prove(head: Promise<Proof>): void {
    void head.then(
      (proof) => this.say(proof === 'broken' ? 'broken' : proof === 'proven' && this.comparable ? 'verified' : 'bridge'),
      () => this.say('bridge'),
    );
  }

  /** The recording has grown: blocks that are as they were stay, the last one is fetched anew, and the new root must be signed too. */
  renew(index: IndexHead): void {
    for (const number of this.blocks.keys()) {
      if (index.blocks[number]?.hash === this.index.blocks[number]?.hash) continue;
      this.blocks.delete(number);
      this.proofs.delete(number);
    }
    this.index = index;
    this.prove(headProof(index));
  }

  /** Tells that something is not as it was signed. It is never taken back. */
  say(sign: Sign): void {
    if (this.sign === 'broken' || this.sign === sign) return;
    this.sign = sign;
    this.onSign(sign);
  }

  private async block(number: number): Promise<readonly Fragment[]> {
    const known = this.blocks.get(number);
    if (known) return known;
    const loading = this.load(number);
    this.blocks.set(number, loading);
    loading.catch(() => this.blocks.delete(number));
    const oldest = this.blocks.keys().next().value;
    if (this.blocks.size > keptBlocks && oldest !== undefined) this.blocks.delete(oldest);
    return loading;
  }

  private async load(number: number): Promise<readonly Fragment[]> {
    const head = this.index;
    // A recording that goes on may have grown since its head was read: only what that vouches for counts.
    const bytes = (await this.fetchBlock(number)).subarray(0, recordsOf(head, number) * recordSize);
    // Compared while the fragments are fetched: nothing of a block is played before.
    const proof = canHash() ? this.compare(bytes, head.blocks[number]?.hash) : Promise.resolve();
    proof.catch(() => undefined);
    this.proofs.set(number, proof);
    const fragments = readRecords(bytes, number);
    for (const fragment of fragments) if (fragment.header) this.headers.set(fragment.leg, fragment);
    return fragments;
  }

  private async compare(bytes: Uint8Array, hash: string | undefined): Promise<void> {
    if ((await blockHash(bytes)) === hash) return;
    this.say('broken');
    throw new Error('a block of the index is not what was signed');
  }

  /** Waits until the records of fragments are known to be those that were signed; fails when they are not. */
  async proven(fragments: readonly Fragment[]): Promise<void> {
    await Promise.all([...new Set(fragments.map((each) => each.block))].map(async (number) => this.proofs.get(number)));
  }

  /** The fragments of a leg that are at least partly within the time, in order. */
  async within(leg: number, from: number, to: number): Promise<Fragment[]> {
    const numbers = this.index.blocks.flatMap((block, i) => (block.from < to && block.to > from ? [i] : []));
    const blocks = await Promise.all(numbers.map(async (number) => this.block(number)));
    return blocks
      .flat()
      .filter((each) => each.leg === leg && !each.header && each.at < to && each.end > from)
      .sort((a, b) => a.at - b.at);
  }

  /** The fragments to begin with at a time: from the last one that can be decoded by itself. */
  async starting(leg: number, at: number, to: number): Promise<Fragment[]> {
    for (let back = 8_000; ; back = Math.min(4 * back, lookBackMs)) {
      const all = await this.within(leg, at - back, to);
      const begin = lastIndex(all, (each) => each.key && each.at <= at);
      if (begin >= 0) return all.slice(begin);
      if (back >= lookBackMs || at - back <= 0) return all.slice(Math.max(0, all.findIndex((each) => each.key)));
    }
  }

  /** The header of a leg's file, which is its first fragment. begun is when the leg begins. */
  async header(leg: number, begun: number): Promise<Fragment | undefined> {
    const known = this.headers.get(leg);
    if (known) return known;
    // It is written with the first fragment, and so stands in the block of that or in the one before.
    const numbers = this.index.blocks.flatMap((block, i) => (block.from <= begun + 1 && block.to >= begun ? [i - 1, i, i + 1] : []));
    for (const number of new Set(numbers)) {
      if (number < 0 || number >= this.index.blocks.length) continue;
      await this.block(number);
      const found = this.headers.get(leg);
      if (found) return found;
    }
    return undefined;
  }
}
