/** The way of links from stage to stage: dialler, mesh, targets, exchange and sessions. Every rule stands in a stage. */
import { never } from '../base/assert.ts';
import { PEERS_CACHED_MAX, PROTOCOL_VERSION, REMEMBER_PAUSE_MS, TARGETS_MAX } from '../base/limits.ts';
import type { DialId, LinkId } from '../base/link-id.ts';
import { after, type Instant } from '../base/units.ts';
import type { Notice } from '../chat/snapshot.ts';
import type { Nick } from '../identity/nick.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';
import type { Acquaintance } from '../mesh/acquaintance.ts';
import type { DialOut } from '../mesh/dialler.ts';
import type { ExchangeOut } from '../mesh/exchange.ts';
import type { MeshOut } from '../mesh/mesh.ts';
import type { TargetOut } from '../mesh/targets.ts';
import { dialFailureText, targetFailedText } from '../room/dial-words.ts';
import { partingText } from '../room/words.ts';
import { type Endpoint, endpointText } from '../wire/endpoint.ts';
import type { FarewellCode, FaultCode } from '../wire/fault.ts';
import { type Bye, encodeMessage } from '../wire/message.ts';
import type { PeerConfig } from './config.ts';
import { EntryRoutes } from './entry-routes.ts';
import type { DialFailure } from './input.ts';

/** Answers that tell that a dialled endpoint is not the peer's. */
const WRONG: ReadonlySet<string> = new Set(['wrong-key', 'self', 'no-identity', 'handshake-failed']);

export abstract class LinkRoutes extends EntryRoutes {
  nick: Nick;
  /** Where the other ends of the links are. */
  readonly #ends = new Map<LinkId, Endpoint>();
  /** Links that this side has dialled: their other ends accept links. */
  readonly #dialled = new Set<LinkId>();
  /** When what is to be remembered of the mesh is written. */
  #rememberAt: Instant | undefined;

  constructor(config: PeerConfig) {
    super(config);
    this.nick = config.nick;
  }

  get rememberAt(): Instant | undefined {
    return this.#rememberAt;
  }

  /** The other end of a link. */
  endOf(link: LinkId): Endpoint | undefined {
    return this.#ends.get(link);
  }

  /** Where the peer behind a link accepts links, as far as that is known: it says on which port. */
  doorOf(link: LinkId, port: number): string | undefined {
    const end = this.#ends.get(link);
    if (end === undefined) return undefined;
    return endpointText(this.#dialled.has(link) ? end : { address: end.address, port });
  }

  /** Who is here has changed, and what people are to be told of it. */
  presence(what: Notice['what'] | undefined): void {
    this.stages.view.touchPeople();
    if (what !== undefined) this.notice(what);
  }

  opened(link: LinkId, peer: PeerId, from: Endpoint, dial: DialId | undefined): void {
    const { dialler, mesh, targets } = this.stages;
    const { at } = this.now;
    this.#ends.set(link, from);
    if (dial !== undefined) this.#dialled.add(link);
    this.trace('mesh', `link ${link} ${dial === undefined ? 'from' : 'to'} ${keyTag(peer)} at ${endpointText(from)}`);
    const target = dial === undefined ? undefined : dialler.dialEnded(dial, at);
    if (target !== undefined) this.fromTargets(targets.opened(target, link, peer));
    this.fromMesh(mesh.opened(link, peer, from, dial !== undefined, at));
    this.dial();
  }

  dialFailed(dial: DialId, failures: readonly DialFailure[]): void {
    const { at } = this.now;
    for (const { at: end, why } of failures) this.trace('mesh', `no link to ${endpointText(end)}: ${why}`);
    const wrong = failures.filter(({ why }) => WRONG.has(why)).map((failure) => failure.at);
    const target = this.stages.dialler.dialFailed(dial, wrong, at);
    if (target !== undefined) this.#targetFailed(target, failures);
    this.dial();
  }

  /** Dials whoever is due. */
  dial(): void {
    this.#fromDials(this.stages.dialler.due(this.now.at));
    this.#fromDials(this.stages.targets.due(this.now.at));
  }

  fromMesh(outs: readonly MeshOut[]): void {
    const { people, sessions, sync, targets, view } = this.stages;
    for (const out of outs) {
      switch (out.type) {
        case 'greet':
          sessions.open(out.link, out.peer, this.now.at);
          this.#greet(out.link, out.lost);
          break;
        case 'linked':
          this.trace('mesh', `linked with ${keyTag(out.peer)} on ${out.link}`);
          sessions.linked(out.peer, true, this.now.at);
          this.fromSync(sync.linkUp(out.link, out.peer));
          this.fromExchange(this.#exchangeUp(out.link, out.peer));
          this.fromTargets(targets.linked(out.peer));
          this.#rememberAt ??= after(this.now.at, REMEMBER_PAUSE_MS);
          view.touchHolders();
          break;
        case 'unlinked':
          sessions.linked(out.peer, false, this.now.at);
          this.presence(people.gone(out.peer, out.why, this.now.at));
          break;
        case 'refuse':
          this.drop(out.link, out.code, out.why);
          break;
        default:
          never(out);
      }
    }
  }

  fromExchange(outs: readonly ExchangeOut[]): void {
    const { dialler, people } = this.stages;
    for (const out of outs) {
      switch (out.type) {
        case 'send':
          this.effect(out);
          break;
        case 'told':
          dialler.told(out.peer, out.places, this.now.at);
          break;
        case 'relayed':
          this.presence(people.relayed(out.peer, { nick: out.nick }, this.now.wall));
          break;
        case 'unrelayed':
          this.presence(people.unrelayed(out.peer));
          break;
        default:
          never(out);
      }
    }
    this.dial();
  }

  /** Sends beats, which all tell the same; one that `ask`s wants another. What is said to a busy link is sign enough. */
  beat(links: readonly LinkId[], ask?: true): void {
    if (links.length === 0) return;
    const { exchange, sessions, sync } = this.stages;
    const told = { ...(ask === undefined ? {} : { ask }), circle: exchange.circle(), digests: sync.digests() };
    for (const link of links) {
      const line = sync.isCongested(link) ? undefined : sessions.beat(link, told, this.now.at);
      if (line !== undefined) this.send(link, line);
    }
  }

  /** Nothing comes of a peer: where beats are rare for most, they are told. */
  doubted(peer: PeerId): void {
    if (!this.stages.sessions.isLarge) return;
    const line = encodeMessage({ type: 'doubt', peer });
    for (const other of this.stages.exchange.linked()) {
      const link = other === peer ? undefined : this.stages.mesh.linkTo(other);
      if (link !== undefined) this.send(link, line);
    }
  }

  /** Somebody hears nothing of a peer: it is asked for a sign of life. */
  doubt(peer: PeerId): void {
    const { mesh, sessions } = this.stages;
    const link = mesh.linkTo(peer);
    if (link !== undefined && sessions.doubt(link, this.now.at)) this.beat([link], true);
  }

  /** The person asks to be connected with a place. */
  connect(to: Endpoint): void {
    const { targets, view } = this.stages;
    if (!targets.add(to, this.now.at)) return this.refuse(`${TARGETS_MAX} places are dialled already.`, 0);
    view.touchNetwork();
    this.notice({ type: 'note', lines: [`connecting with ${endpointText(to)}…`] });
    this.dial();
  }

  /** The person takes back that a place is to be dialled. */
  stopConnecting(to: Endpoint): void {
    const { targets, view } = this.stages;
    const text = endpointText(to);
    if (!targets.stop(text)) return this.refuse(`${text} is not among the places that are dialled.`, 0);
    view.touchNetwork();
    this.notice({ type: 'note', lines: [`${text} is not dialled any more`] });
  }

  fromTargets(outs: readonly TargetOut[]): void {
    for (const out of outs) {
      this.stages.view.touchNetwork();
      if (out.type === 'target-linked') {
        this.notice({ type: 'note', lines: [`connected with ${out.target}`] });
      } else {
        this.notice({ type: 'problem', text: targetFailedText(out.target, out.why, out.final) });
      }
    }
  }

  /** Ends a link from this side: says why, then closes. Once; what stood behind in the same bytes is not read. */
  override drop(link: LinkId, code: FaultCode | FarewellCode, why: string): void {
    if (!this.#ends.has(link)) return;
    this.trace('session', `link ${link} ends: ${code}${code === 'goodbye' ? '' : ` (${why})`}`);
    if (code === 'goodbye') this.saidBye(link, code);
    this.send(link, encodeMessage({ type: 'bye', code, reason: why }));
    this.effect({ type: 'close', link, why: code });
    this.ended(link, partingText(code), code === 'duplicate');
  }

  /** Why a link ends that stands, by either side's word; a connection that is not the link tells nothing of anybody. */
  saidBye(link: LinkId, code: Bye['code']): void {
    const peer = this.stages.sync.peerOf(link);
    if (peer !== undefined) this.stages.people.said(peer, code);
  }

  /**
   * A link has ended, by either side or by the network, or it gave way to another one (`replaced`). A second time it changes
   * nothing.
   */
  ended(link: LinkId, why: string, replaced = false): void {
    const { exchange, feeds, mesh, sessions, sync, targets, view } = this.stages;
    const { at } = this.now;
    if (!this.#ends.delete(link)) return;
    this.#dialled.delete(link);
    const peer = sessions.peerOf(link);
    sessions.close(link);
    feeds.forgetLink(link);
    this.fromSync(sync.linkDown(link, at));
    view.touchHolders();
    this.fromExchange(exchange.linkDown(link, at));
    this.fromMesh(mesh.closed(link, why, at));
    this.fromTargets(targets.ended(link, peer, replaced ? undefined : why, at));
  }

  /** Has it written down whom we are linked with: they are who to try first at the next start. */
  remember(): void {
    this.#rememberAt = undefined;
    const { dialler, exchange } = this.stages;
    const linked = [...exchange.linked()];
    const earlier = this.config.remembered.filter(({ peer }) => !linked.includes(peer));
    const now = linked.map((peer): Acquaintance => ({ peer, at: dialler.placesOf(peer)?.toRemember() ?? [] }));
    const peers = [...now, ...earlier].filter(({ at }) => at.length > 0).slice(0, PEERS_CACHED_MAX);
    this.effect({ type: 'remember', peers });
  }

  #exchangeUp(link: LinkId, peer: PeerId): ExchangeOut[] {
    const end = this.#ends.get(link);
    return end === undefined ? [] : this.stages.exchange.linkUp(link, peer, end, this.now.at);
  }

  #fromDials(outs: readonly DialOut[]): void {
    for (const out of outs) {
      const whom = out.peer === undefined ? 'whoever answers' : keyTag(out.peer);
      this.trace('mesh', `dialling ${whom} at ${out.to.map(endpointText).join(', ')}`);
      this.effect(out);
    }
  }

  #targetFailed(target: string, failures: readonly DialFailure[]): void {
    const { targets } = this.stages;
    if (failures.some(({ why }) => why === 'self')) {
      this.fromTargets(targets.giveUp(target, 'that is this very chat'));
      return;
    }
    this.fromTargets(targets.failed(target, dialFailureText(failures[0]?.why ?? ''), this.now.at));
  }

  #greet(link: LinkId, lost: number): void {
    const { instance, group, port, software } = this.config;
    const version = PROTOCOL_VERSION;
    this.send(link, encodeMessage({ type: 'hello', version, instance, nick: this.nick, group, port, lost, software }));
  }
}
