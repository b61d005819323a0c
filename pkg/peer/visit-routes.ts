/** The way of those who examine the network: visits from others, and the examination that a person here asks for. */
import { never } from '../base/assert.ts';
import { ENDPOINT_CHARS_MAX, PROTOCOL_VERSION, REASON_CHARS_MAX } from '../base/limits.ts';
import type { DialId, LinkId } from '../base/link-id.ts';
import type { DiscoveryOut } from '../discovery/discovery.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { VisitOut } from '../session/visits.ts';
import { type Endpoint, endpointText } from '../wire/endpoint.ts';
import type { InstanceId } from '../wire/fields.ts';
import { encodeMessage, type Visit } from '../wire/message.ts';
import type { DialFailure } from './input.ts';
import { LinkRoutes } from './link-routes.ts';

export abstract class VisitRoutes extends LinkRoutes {
  #examining = false;

  abstract fromDiscovery(outs: readonly DiscoveryOut[]): void;

  /** A connection that only shows that a visitor can be reached is good for nothing else. */
  override opened(link: LinkId, peer: PeerId, from: Endpoint, dial: DialId | undefined): void {
    const visits = dial === undefined ? undefined : this.stages.visits.dialled(dial, undefined);
    if (visits === undefined) return super.opened(link, peer, from, dial);
    this.effect({ type: 'close', link, why: 'dialled back' });
    this.fromVisits(visits);
  }

  override dialFailed(dial: DialId, failures: readonly DialFailure[]): void {
    const visits = this.stages.visits.dialled(dial, failures[0]?.why ?? 'unreachable');
    if (visits === undefined) super.dialFailed(dial, failures);
    else this.fromVisits(visits);
  }

  override ended(link: LinkId, why: string, replaced = false): void {
    this.stages.visits.closed(link);
    super.ended(link, why, replaced);
  }

  fromVisits(outs: readonly VisitOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'receive':
          this.#receive(out.link, out.peer, out.instance);
          break;
        case 'announce':
          this.fromDiscovery(this.stages.discovery.again());
          break;
        case 'dial':
          this.effect(out);
          break;
        case 'tell':
          this.send(out.link, encodeMessage({ ...out.message, why: out.message.why.slice(0, REASON_CHARS_MAX) }));
          break;
        case 'end':
          this.drop(out.link, out.code, out.why);
          break;
        default:
          never(out);
      }
    }
  }

  /** The network is to be examined; `examined` brings what came of it. */
  examine(): void {
    if (this.#examining) return this.refuse('The network is being examined already: wait for the answer.', 0);
    this.#examining = true;
    const { dialler, exchange, targets } = this.stages;
    const linked = [...exchange.linked()].flatMap((peer) => dialler.placesOf(peer)?.toRemember().slice(0, 1) ?? []);
    this.notice({ type: 'note', lines: ['examining the network, which takes some seconds…'], ongoing: true });
    this.effect({ type: 'examine', linked, named: targets.places() });
  }

  examined(lines: readonly string[]): void {
    this.#examining = false;
    this.notice({ type: 'note', lines });
  }

  /** Somebody examines the network: the link is no candidate for a link between the two any more. */
  protected visit(link: LinkId, peer: PeerId, visit: Visit): void {
    const from = this.endOf(link);
    if (from === undefined) return;
    this.trace('session', `link ${link} is a visit`);
    this.stages.sessions.close(link);
    this.fromMesh(this.stages.mesh.closed(link, 'a visit', this.now.at));
    this.fromVisits(this.stages.visits.begin(link, { peer, from }, visit, this.now.at));
  }

  /** Tells a visitor how things look from here. */
  #receive(link: LinkId, visitor: PeerId, instance: InstanceId): void {
    const from = this.endOf(link);
    if (from === undefined) return;
    const { group, port, software } = this.config;
    const message = {
      type: 'visited',
      version: PROTOCOL_VERSION,
      group,
      instance: this.config.instance,
      nick: this.nick,
      port,
      software,
      time: Math.max(0, Math.round(this.now.wall)),
      seen: endpointText(from).slice(0, ENDPOINT_CHARS_MAX),
      heard: this.stages.discovery.probedBy(visitor, instance, this.now.at),
      peers: this.stages.mesh.size,
    } as const;
    this.send(link, encodeMessage(message));
  }
}
