import { type DialId, type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import type { DialOut } from '../../../pkg/mesh/dialler.ts';
import type { MeshOut } from '../../../pkg/mesh/mesh.ts';
import type { Endpoint } from '../../../pkg/wire/endpoint.ts';
import { isInstanceId } from '../../../pkg/wire/fields.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { Switchboard } from '../../switchboard.ts';

export const HOME = { address: '10.0.0.7', port: 8080 };
const INSTANCE = '0123456789abcdef';
const names = Array.from({ length: 3_000 }, (_, count) => toyPeerId(`peer ${count}`)).sort();
/** Smaller than everyone else's, so that it dials at once. */
export const me = names[0] ?? toyPeerId('me');
export const greatest = names.at(-1) ?? me;
export const others = names.slice(1);
export const bob = others[0] ?? me;

/** A mesh and its dialler under a clock of one's own. */
export class Desk {
  readonly board: Switchboard;
  now = 0;
  #links = 0;

  constructor(id: PeerId = me) {
    this.board = new Switchboard(id);
  }

  get mesh(): Switchboard['mesh'] {
    return this.board.mesh;
  }

  get dialler(): Switchboard['dialler'] {
    return this.board.dialler;
  }

  sighted(peer = bob, at = HOME): void {
    this.dialler.sighted(peer, at, instant(this.now));
  }

  due(): readonly DialOut[] {
    return this.dialler.due(instant(this.now));
  }

  fail(dial: DialId, wrong: readonly Endpoint[] = []): void {
    this.dialler.dialFailed(dial, wrong, instant(this.now));
  }

  open(peer = bob, dial?: DialId, address = HOME.address): { readonly link: LinkId; readonly out: readonly MeshOut[] } {
    this.#links += 1;
    const link = linkId(this.#links);
    return {
      link,
      out: this.board.opened(link, peer, { address, port: 50_000 }, dial, instant(this.now)),
    };
  }

  greet(link: LinkId, port = 8080): readonly MeshOut[] {
    if (!isInstanceId(INSTANCE)) throw new Error('no instance');
    return this.mesh.greeted(link, { instance: INSTANCE, lost: 0, port }, instant(this.now));
  }

  link(peer = bob): LinkId {
    const { link } = this.open(peer);
    this.greet(link);
    return link;
  }

  close(link: LinkId): readonly MeshOut[] {
    return this.mesh.closed(link, 'over', instant(this.now));
  }

  /** Wakes at each deadline; each dial fails unless `end` does something else. The times of the dials. */
  run(until: number, end: (out: DialOut) => void = ({ dial }) => this.fail(dial)): number[] {
    const times: number[] = [];
    const { dialler } = this;
    for (let next = dialler.nextDeadline(); next !== undefined && next <= until; next = dialler.nextDeadline()) {
      this.now = Math.max(this.now, next);
      for (const out of this.due()) {
        times.push(this.now);
        end(out);
      }
    }
    this.now = until;
    return times;
  }
}

export const types = (outs: readonly MeshOut[]) => outs.map((out) => (out.type === 'refuse' ? out.code : out.type));
