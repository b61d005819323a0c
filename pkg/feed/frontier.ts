import type { PeerId } from '../identity/peer-id.ts';
import type { ToldHead } from '../wire/message.ts';

/** A head and when it rose, counted in rises. */
interface Risen {
  readonly sequence: number;
  /** The first sequence held without a gap up to the last; what was before it was let go. */
  readonly base: number;
  readonly turn: number;
  /** Whether the digest leaves it out. */
  readonly disputed: boolean;
}

/** What somebody holds of a room: for each author the last sequence. Joining two keeps the greater of each. */
export class Frontier {
  readonly #heads = new Map<PeerId, Risen>();
  #digest = 0;
  #disputed = 0;
  #turns = 0;
  #entries = 0;

  get size(): number {
    return this.#heads.size;
  }

  /** Entries held of all authors together. */
  get entries(): number {
    return this.#entries;
  }

  /** How often a head has changed: what `since` is asked with later. While this is the same, so is the frontier. */
  get turn(): number {
    return this.#turns;
  }

  /** The last sequence held of `author`, 0 for none. */
  of(author: PeerId): number {
    return this.#heads.get(author)?.sequence ?? 0;
  }

  /** The first sequence held of `author`, from which on nothing is missing up to the last. */
  baseOf(author: PeerId): number {
    return this.#heads.get(author)?.base ?? 1;
  }

  /** Notes what is the first sequence held of an author. */
  rebase(author: PeerId, base: number): void {
    const head = this.#heads.get(author);
    if (head === undefined || head.base === base) return;
    this.#turns += 1;
    this.#heads.set(author, { ...head, base, turn: this.#turns });
  }

  /** Raises an author's head; a lower one changes nothing. Whether it rose. */
  raise(author: PeerId, sequence: number): boolean {
    const before = this.#heads.get(author);
    if (sequence <= (before?.sequence ?? 0)) return false;
    this.#turns += 1;
    this.#entries += sequence - (before?.sequence ?? 0);
    const disputed = before?.disputed ?? false;
    this.#heads.set(author, { sequence, base: before?.base ?? 1, turn: this.#turns, disputed });
    if (!disputed) this.#digest ^= mix(author, before?.sequence ?? 0) ^ mix(author, sequence);
    return true;
  }

  /** Leaves an author out of the digest: of one who told two histories, two honest peers may hold different ones. */
  dispute(author: PeerId): void {
    const head = this.#heads.get(author);
    if (head?.disputed === true) return;
    this.#disputed += 1;
    const { sequence, base, turn } = head ?? NOTHING;
    this.#heads.set(author, { sequence, base, turn, disputed: true });
    this.#digest ^= mix(author, sequence);
  }

  /** The heads as they are told to others. */
  heads(): ToldHead[] {
    return [...this.#heads].flatMap(([author, head]) => told(author, head));
  }

  /** The heads that changed after the change that was number `turn`. */
  since(turn: number): ToldHead[] {
    const heads: ToldHead[] = [];
    if (turn === this.#turns) return heads;
    for (const [author, head] of this.#heads) if (head.turn > turn) heads.push(...told(author, head));
    return heads;
  }

  /**
   * Equal frontiers have equal digests, different ones almost always different ones; kept up as heads rise. It only
   * saves telling equal frontiers to each other and is no proof: who forges one merely starts an exchange.
   */
  digest(): string {
    return `${this.#heads.size - this.#disputed}.${(this.#digest >>> 0).toString(36)}`;
  }
}

const NOTHING = { sequence: 0, base: 1, turn: 0 };

function told(author: PeerId, { sequence, base }: Risen): ToldHead[] {
  if (sequence === 0) return [];
  return [base === 1 ? [author, sequence] : [author, sequence, base]];
}

/** A well-spread 32-bit number of a head (FNV-1a and a finaliser); 0 of none. */
function mix(author: PeerId, sequence: number): number {
  if (sequence === 0) return 0;
  let hash = 0x811c9dc5 ^ (sequence | 0);
  hash = Math.imul(hash ^ Math.floor(sequence / 0x1_0000_0000), 0x01000193);
  for (let place = 0; place < author.length; place += 1) hash = Math.imul(hash ^ author.charCodeAt(place), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
