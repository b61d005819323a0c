import { afterEach } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { type LinkBounds, Links } from '../../internal/net/links.ts';
import { type DialId, dialId } from '../../pkg/base/link-id.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { Cable } from './cable.ts';
import { Inbox } from './inbox.ts';

const parties: Party[] = [];

afterEach(async () => {
  await Promise.all(parties.splice(0).map((party) => party.links.stop()));
});

/** Somebody with an identity and links; stopped when the test is over. */
export class Party {
  readonly inbox = new Inbox();
  readonly identity = Identity.generate();
  readonly links: Links;
  #hear: (input: Input) => void = this.inbox.deliver;
  #port = 0;
  #dials = 0;

  constructor(bounds: Partial<LinkBounds> = {}) {
    this.links = new Links({
      identity: this.identity,
      deliver: (input) => this.#hear(input),
      trouble: this.inbox.trouble,
      bounds,
    });
    parties.push(this);
  }

  get peer(): PeerId {
    return this.identity.peer;
  }

  /** Where it listens, once it does. */
  get endpoint(): Endpoint {
    return { address: '127.0.0.1', port: this.#port };
  }

  async listen(): Promise<Endpoint> {
    this.#port = await this.links.listen({ addresses: ['127.0.0.1'], port: 0, named: false });
    return this.endpoint;
  }

  /** Dials as the core does; the answer bears the number that it returns. */
  dial(peer: PeerId | undefined, ...to: readonly Endpoint[]): DialId {
    this.#dials += 1;
    const dial = dialId(this.#dials);
    this.links.dial({ dial, peer, to });
    return dial;
  }

  /** From now on `hear` gets what happens, instead of the inbox. */
  hear(hear: (input: Input) => void): void {
    this.#hear = hear;
  }
}

type Opened = Extract<Input, { readonly type: 'link-opened' }>;

export interface Couple {
  /** She has dialled. */
  readonly alice: Party;
  readonly bob: Party;
  /** The two ends of their link. */
  readonly atAlice: Opened;
  readonly atBob: Opened;
  /** What the link runs through. */
  readonly cable: Cable | undefined;
}

/** Two with a link between them. */
export async function couple({ wired = false } = {}): Promise<Couple> {
  const alice = new Party();
  const bob = new Party();
  const direct = await bob.listen();
  const cable = wired ? await Cable.lay({ target: direct }) : undefined;
  alice.dial(bob.peer, cable?.endpoint ?? direct);
  const [atAlice, atBob] = await Promise.all([alice.inbox.next('link-opened'), bob.inbox.next('link-opened')]);
  return { alice, bob, atAlice, atBob, cable };
}
