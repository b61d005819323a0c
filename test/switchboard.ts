import { LINKS_MAX_DEFAULT } from '../pkg/base/limits.ts';
import type { DialId, LinkId } from '../pkg/base/link-id.ts';
import { Random } from '../pkg/base/random.ts';
import type { Instant } from '../pkg/base/units.ts';
import type { PeerId } from '../pkg/identity/peer-id.ts';
import { Dialler } from '../pkg/mesh/dialler.ts';
import { Dials } from '../pkg/mesh/dials.ts';
import { Mesh, type MeshOut } from '../pkg/mesh/mesh.ts';
import type { Endpoint } from '../pkg/wire/endpoint.ts';

/** A mesh and its dialler, wired as a peer has them. */
export class Switchboard {
  readonly dials = new Dials();
  readonly dialler: Dialler;
  readonly mesh: Mesh;

  constructor(me: PeerId, seed = 1, linksMax = LINKS_MAX_DEFAULT) {
    const random = new Random(seed);
    this.dialler = new Dialler({
      me,
      random,
      dials: this.dials,
      isBusy: (peer) => this.mesh.isBusy(peer),
      hasEnough: (known) => this.mesh.hasEnough(known),
    });
    this.mesh = new Mesh({ me, linksMax, random, dialler: this.dialler });
  }

  /** A connection stands, dialled or accepted. */
  opened(link: LinkId, peer: PeerId, from: Endpoint, dial: DialId | undefined, now: Instant): MeshOut[] {
    if (dial !== undefined) this.dialler.dialEnded(dial, now);
    return this.mesh.opened(link, peer, from, dial !== undefined, now);
  }
}
