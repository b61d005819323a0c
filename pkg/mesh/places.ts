import { ENDPOINTS_PER_PEER_MAX, ENDPOINTS_TOLD_MAX, WRONG_ENDPOINT_MS } from '../base/limits.ts';
import { after, type Instant, instant } from '../base/units.ts';
import { type Endpoint, sameEndpoint } from '../wire/endpoint.ts';

/** How an endpoint was learnt: from an announce, from another peer, or from last time. */
export type Source = 'heard' | 'told' | 'remembered';

interface Place {
  readonly at: Endpoint;
  source: Source;
  /** A link with the peer has stood there. */
  proven: boolean;
  /** Rises with each time that the endpoint was learnt. */
  turn: number;
  /** Somebody else answered there: not dialled before this. */
  wrongUntil: Instant;
}

/** The endpoints of one peer: rumours, of which a link proves some. */
export class Places {
  #places: Place[] = [];
  #turns = 0;

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  /** Whether there is one that a link or the peer's own announce vouches for. */
  get isSure(): boolean {
    return this.#places.some(({ source, proven }) => proven || source === 'heard');
  }

  /** An endpoint is learnt, or learnt again; it is the freshest of its kind. */
  learn(at: Endpoint, source: Source): void {
    this.#learn(at, source);
    this.#places = this.#kept();
  }

  /** A link with the peer stands there. It finds room however many others were heard. */
  prove(at: Endpoint): void {
    const place = this.#learn(at, 'told');
    place.proven = true;
    place.wrongUntil = instant(0);
    this.#places = this.#kept();
  }

  /** Somebody else answered there. */
  wrong(at: Endpoint, now: Instant): void {
    const place = this.#find(at);
    if (place === undefined) return;
    place.proven = false;
    place.wrongUntil = after(now, WRONG_ENDPOINT_MS);
  }

  forget(): void {
    this.#places = [];
  }

  /** Where to dial, the most promising first: what was heard last, then what was proven, then rumours. */
  toDial(now: Instant): Endpoint[] {
    return this.#sorted()
      .filter(({ wrongUntil }) => wrongUntil <= now)
      .map(({ at }) => at);
  }

  /** Those that are worth telling others. */
  toTell(): Endpoint[] {
    const sure = this.#sorted().filter(({ source, proven }) => proven || source === 'heard');
    return sure.slice(0, ENDPOINTS_TOLD_MAX).map(({ at }) => at);
  }

  /** Those where a link has stood, the freshest first: what is worth keeping for the next start. */
  toRemember(): Endpoint[] {
    const proven = this.#places.filter((place) => place.proven).sort((left, right) => right.turn - left.turn);
    return proven.slice(0, ENDPOINTS_TOLD_MAX).map(({ at }) => at);
  }

  #learn(at: Endpoint, source: Source): Place {
    this.#turns += 1;
    const known = this.#find(at);
    if (known !== undefined) {
      known.turn = this.#turns;
      if (rankOf(source) < rankOf(known.source)) known.source = source;
      return known;
    }
    const fresh: Place = { at, source, proven: false, turn: this.#turns, wrongUntil: instant(0) };
    this.#places.push(fresh);
    return fresh;
  }

  /** The most promising ones; hearsay, of which a liar has any amount, leaves room for where the peer was last time. */
  #kept(): Place[] {
    const sorted = this.#sorted();
    const hearsay = sorted.filter(({ source, proven }) => source === 'told' && !proven).slice(ENDPOINTS_TOLD_MAX);
    return sorted.filter((place) => !hearsay.includes(place)).slice(0, ENDPOINTS_PER_PEER_MAX);
  }

  #find(at: Endpoint): Place | undefined {
    return this.#places.find((place) => sameEndpoint(place.at, at));
  }

  #sorted(): Place[] {
    const heard = this.#places.filter(({ source }) => source === 'heard');
    const freshest = heard.reduce<Place | undefined>(
      (best, next) => (best && best.turn > next.turn ? best : next),
      undefined,
    );
    const tier = (place: Place) => {
      if (place === freshest) return 0;
      return place.proven ? 1 : 2 + rankOf(place.source);
    };
    return this.#places.toSorted((left, right) => tier(left) - tier(right) || right.turn - left.turn);
  }
}

function rankOf(source: Source): number {
  return source === 'heard' ? 0 : source === 'told' ? 1 : 2;
}
