/**
 * The way from stage to stage, from datagrams to sessions: what one says is carried to the next, or becomes an effect.
 * Every rule stands in a stage.
 */
import { never } from '../base/assert.ts';
import type { LinkId } from '../base/link-id.ts';
import { type DiscoveryOut, ignoredText } from '../discovery/discovery.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';
import { doubledText, partingText } from '../room/words.ts';
import type { Said, SessionOut } from '../session/session.ts';
import type { Hello } from '../wire/message.ts';
import { VisitRoutes } from './visit-routes.ts';

export class Routes extends VisitRoutes {
  override fromDiscovery(outs: readonly DiscoveryOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'sign-own': {
          const ticket = this.ticket({ type: 'own-datagram', which: out.which });
          this.effect({ type: 'sign', ticket, context: 'announce', text: out.text });
          break;
        }
        case 'datagram':
          this.effect(out);
          break;
        case 'check': {
          const { datagram } = out;
          const ticket = this.ticket({ type: 'datagram', datagram });
          const { signed, signature } = datagram;
          const author = datagram.body.peer;
          this.effect({ type: 'verify', ticket, context: 'announce', author, signed, signature, texts: [] });
          break;
        }
        case 'sighted':
          this.stages.view.heard(this.now.wall);
          this.stages.dialler.sighted(out.peer, out.at, this.now.at);
          this.dial();
          break;
        case 'unsighted':
          this.stages.view.touchNetwork();
          this.trace('discovery', `${keyTag(out.peer)} ${out.left ? 'says that it leaves' : 'was long not heard'}`);
          if (out.left) this.#left(out.peer);
          break;
        case 'doubled':
          this.notice({ type: 'problem', text: doubledText(out.from.address) });
          break;
        case 'ignored':
          this.trace('discovery', ignoredText(out));
          break;
        default:
          never(out);
      }
    }
  }

  fromSessions(outs: readonly SessionOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'greeted':
          this.#greeted(out.link, out.hello);
          break;
        case 'said':
          this.#said(out.link, out.message);
          break;
        case 'run':
          this.run(out);
          break;
        case 'visit':
          this.visit(out.link, out.peer, out.visit);
          break;
        case 'silent':
          this.doubted(out.peer);
          break;
        case 'bye':
          this.trace('session', `link ${out.link} says bye: ${out.bye.code}`);
          if (out.bye.code === 'goodbye') this.stages.mesh.farewell(out.link);
          this.saidBye(out.link, out.bye.code);
          this.effect({ type: 'close', link: out.link, why: `the peer said ${out.bye.code}` });
          this.ended(
            out.link,
            (out.bye.code === 'goodbye' && out.bye.reason) || partingText(out.bye.code),
            out.bye.code === 'duplicate',
          );
          break;
        case 'fault':
          this.drop(out.link, out.fault.code, out.fault.why);
          break;
        default:
          never(out);
      }
    }
  }

  /** Somebody announced that it leaves. A link says so itself. */
  #left(peer: PeerId): void {
    const { dialler, exchange, mesh } = this.stages;
    if (mesh.linkTo(peer) === undefined) dialler.left(peer);
    this.fromExchange(exchange.left(peer));
  }

  #greeted(link: LinkId, hello: Hello): void {
    this.fromMesh(this.stages.mesh.greeted(link, hello, this.now.at));
    const peer = this.stages.sync.peerOf(link);
    const address = this.doorOf(link, hello.port);
    if (peer === undefined || address === undefined) return;
    const { nick, software } = hello;
    this.presence(this.stages.people.here({ peer, nick, address, software }, this.now.wall));
  }

  #said(link: LinkId, message: Said): void {
    const { at } = this.now;
    const peer = this.stages.sync.peerOf(link);
    if (peer === undefined) return;
    switch (message.type) {
      case 'beat':
        this.stages.view.touchPeople();
        if (message.ask === true) this.stages.sessions.beatSoonOn(link, at);
        this.fromExchange(this.stages.exchange.beat(link, message.circle, at));
        return this.fromSync(this.stages.sync.beat(link, message.digests, at));
      case 'have':
        return this.fromSync(this.stages.sync.have(link, message, at));
      case 'want':
        return this.fromSync(this.stages.sync.want(link, message));
      case 'enough':
        return this.stages.sync.enough(link, message);
      case 'latest':
        return this.fromSync(this.stages.sync.latest(link, message, at));
      case 'doubt':
        return this.doubt(message.peer);
      case 'who':
        return this.fromExchange(this.stages.exchange.who(link, at));
      case 'peers':
        return this.fromExchange(this.stages.exchange.peers(link, message, at));
      case 'nick':
        return this.presence(this.stages.people.rename(peer, message.nick));
      default:
        return never(message);
    }
  }
}
