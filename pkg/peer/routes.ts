/**
 * The way from stage to stage, from datagrams to sessions: what one says is carried to the next, or becomes an effect.
 * Every rule stands in a stage.
 */
import { never } from '../base/assert.ts';
import { PROTOCOL_VERSION } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import type { Notice } from '../chat/snapshot.ts';
import { type DiscoveryOut, ignoredText } from '../discovery/discovery.ts';
import type { Nick } from '../identity/nick.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';
import type { MeshOut } from '../mesh/mesh.ts';
import { doubledText, partingText } from '../room/words.ts';
import type { Said, SessionOut } from '../session/session.ts';
import { type Endpoint, endpointText } from '../wire/endpoint.ts';
import type { FarewellCode, FaultCode } from '../wire/fault.ts';
import { type Bye, encodeMessage, type Hello } from '../wire/message.ts';
import type { PeerConfig } from './config.ts';
import { EntryRoutes } from './entry-routes.ts';

export class Routes extends EntryRoutes {
  nick: Nick;
  /** Where the other ends of the links are. */
  readonly #ends = new Map<LinkId, Endpoint>();

  constructor(config: PeerConfig) {
    super(config);
    this.nick = config.nick;
  }

  fromDiscovery(outs: readonly DiscoveryOut[]): void {
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
          this.stages.mesh.sighted(out.peer, out.at, this.now.at);
          this.fromMesh(this.stages.mesh.due(this.now.at));
          break;
        case 'unsighted':
          this.stages.view.touchNetwork();
          this.trace('discovery', `${keyTag(out.peer)} ${out.left ? 'says that it leaves' : 'was long not heard'}`);
          this.stages.mesh.unsighted(out.peer, out.left);
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

  opened(link: LinkId, peer: PeerId, from: Endpoint, dialled: boolean): void {
    this.#ends.set(link, from);
    this.trace('mesh', `link ${link} ${dialled ? 'to' : 'from'} ${keyTag(peer)} at ${endpointText(from)}`);
    this.fromMesh(this.stages.mesh.opened(link, peer, from, dialled, this.now.at));
  }

  fromMesh(outs: readonly MeshOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'dial':
          this.trace('mesh', `dialling ${keyTag(out.peer)} at ${endpointText(out.to)}`);
          this.effect(out);
          break;
        case 'greet':
          this.stages.sessions.open(out.link, out.peer, this.now.at);
          this.#greet(out.link, out.lost);
          break;
        case 'linked':
          this.trace('mesh', `linked with ${keyTag(out.peer)} on ${out.link}`);
          this.fromSync(this.stages.sync.linkUp(out.link, out.peer));
          this.stages.view.touchHolders();
          break;
        case 'unlinked':
          this.presence(this.stages.people.gone(out.peer, out.why, this.now.at));
          break;
        case 'refuse':
          this.drop(out.link, out.code, out.why);
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
        case 'bye':
          this.trace('session', `link ${out.link} says bye: ${out.bye.code}`);
          if (out.bye.code === 'goodbye') this.stages.mesh.farewell(out.link);
          this.#saidBye(out.link, out.bye.code);
          this.effect({ type: 'close', link: out.link, why: `the peer said ${out.bye.code}` });
          this.ended(out.link, (out.bye.code === 'goodbye' && out.bye.reason) || partingText(out.bye.code));
          break;
        case 'fault':
          this.drop(out.link, out.fault.code, out.fault.why);
          break;
        default:
          never(out);
      }
    }
  }

  /** Ends a link from this side: says why, then closes. Once; what stood behind in the same bytes is not read. */
  override drop(link: LinkId, code: FaultCode | FarewellCode, why: string): void {
    if (!this.#ends.has(link)) return;
    this.trace('session', `link ${link} ends: ${code}${code === 'goodbye' ? '' : ` (${why})`}`);
    if (code === 'goodbye') this.#saidBye(link, code);
    this.send(link, encodeMessage({ type: 'bye', code, reason: why }));
    this.effect({ type: 'close', link, why: code });
    this.ended(link, partingText(code));
  }

  /** A link has ended, by either side or by the network; a second time it changes nothing. */
  ended(link: LinkId, why: string): void {
    this.#ends.delete(link);
    this.stages.sessions.close(link);
    this.stages.feeds.forgetLink(link);
    this.fromSync(this.stages.sync.linkDown(link, this.now.at));
    this.stages.view.touchHolders();
    this.fromMesh(this.stages.mesh.closed(link, why, this.now.at));
  }

  /** Why a link ends that stands, by either side's word; a connection that is not the link between the two tells nothing of anybody. */
  #saidBye(link: LinkId, code: Bye['code']): void {
    const peer = this.stages.sync.peerOf(link);
    if (peer !== undefined) this.stages.people.said(peer, code);
  }

  #greet(link: LinkId, lost: number): void {
    const { instance, port, software } = this.config;
    const version = PROTOCOL_VERSION;
    this.send(link, encodeMessage({ type: 'hello', version, instance, nick: this.nick, port, lost, software }));
  }

  #greeted(link: LinkId, hello: Hello): void {
    this.fromMesh(this.stages.mesh.greeted(link, hello, this.now.at));
    const peer = this.stages.sync.peerOf(link);
    const end = this.#ends.get(link);
    if (peer === undefined || end === undefined) return;
    const { nick, software } = hello;
    this.presence(this.stages.people.here({ peer, nick, address: endpointText(end), software }, this.now.wall));
  }

  #said(link: LinkId, message: Said): void {
    const { at } = this.now;
    const peer = this.stages.sync.peerOf(link);
    if (peer === undefined) return;
    switch (message.type) {
      case 'beat':
        this.stages.view.touchPeople();
        return this.fromSync(this.stages.sync.beat(link, message.digests, at));
      case 'have':
        return this.fromSync(this.stages.sync.have(link, message, at));
      case 'want':
        return this.fromSync(this.stages.sync.want(link, message));
      case 'enough':
        return this.stages.sync.enough(link, message);
      case 'latest':
        return this.fromSync(this.stages.sync.latest(link, message, at));
      case 'nick':
        return this.presence(this.stages.people.rename(peer, message.nick));
      default:
        return never(message);
    }
  }

  /** Who is here has changed, and what people are to be told of it. */
  presence(what: Notice['what'] | undefined): void {
    this.stages.view.touchPeople();
    if (what !== undefined) this.notice(what);
  }
}
