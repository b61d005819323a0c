/** What an examination finds out, as plain values: `diagnose` judges nothing else. */
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import type { Way } from '../../pkg/wire/fields.ts';
import type { DialledBack, Visited } from '../../pkg/wire/message.ts';
import type { Card } from '../net/interfaces.ts';

/** A way to everybody at once. */
export type GroupWay = Exclude<Way, 'unicast'>;

export interface CardFact {
  readonly name: string;
  /** IPv4 and IPv6 link-local. */
  readonly addresses: readonly Card[];
  /** Undefined where the system does not say. */
  readonly state: 'off' | 'no carrier' | 'on' | undefined;
  readonly loopback: boolean;
  /** Whether the examination, as the chat would, uses it. */
  readonly chosen: boolean;
}

/** How the probes fared that were sent by one way on one address of a card. */
export interface WayFact {
  readonly card: string;
  readonly address: string;
  readonly way: GroupWay;
  /** What the system said where none could be sent. */
  readonly failure: string | undefined;
  /** A copy came back to an own ear, as it does on every machine that lets datagrams out and in. */
  readonly echoed: boolean;
}

/** Whether the discovery port could be had for a way. */
export interface EarFact {
  readonly way: GroupWay;
  readonly failure: string | undefined;
}

/** Somebody who announced itself. */
export interface HeardFact {
  readonly peer: PeerId | undefined;
  readonly nick: string;
  /** Where it accepts links, as far as it said. */
  readonly at: Endpoint;
  readonly ways: readonly Way[];
  readonly version: number;
  /** The network that it names, where it does. */
  readonly group: string | undefined;
  /** It is on this machine. */
  readonly local: boolean;
  /** The card in whose network it is, and whether that is one in use. */
  readonly card: string | undefined;
  readonly chosen: boolean;
}

export interface VisitFact {
  /** How it came to be known: it announced itself, it is linked, it was met last time, the person named it. */
  readonly source: 'heard' | 'linked' | 'remembered' | 'named';
  /** As the person named it, where that was: a name may have several addresses. */
  readonly asked: string | undefined;
  readonly at: Endpoint;
  /** Who answered. */
  readonly peer: PeerId | undefined;
  readonly local: boolean;
  /** It is in the network of a card in use. */
  readonly onLink: boolean;
  /** The card by which it would be reached, where that is not in use: then it was not tried. */
  readonly otherCard: string | undefined;
  /** Undefined when the link stood; else a fault's code or the system's word. */
  readonly failure: string | undefined;
  /** Its neighbour entry is empty: nobody answers for this address on the wire. */
  readonly unanswered: boolean;
  readonly visited: Visited | undefined;
  readonly back: DialledBack | undefined;
  /** With what word it ended the link, where that was before it told anything. */
  readonly refused: string | undefined;
  /** How far its wall clock is ahead of ours. */
  readonly clockAheadMs: number | undefined;
}

/** The TCP port on which links are accepted. */
export interface DoorFact {
  readonly wanted: number;
  /** The person named it: no other one will do. */
  readonly named: boolean;
  /** Where links are accepted: by this examination, or by the own chat that runs meanwhile. Undefined where nowhere. */
  readonly port: number | undefined;
  /** Who holds the wanted port. */
  readonly holder: 'us' | 'own chat' | 'other chat' | 'program' | 'nobody';
  readonly failure: string | undefined;
  /** Whether the own addresses can be dialled from here. */
  readonly selfDials: readonly { readonly address: string; readonly failure: string | undefined }[];
}

/** A firewall that runs here, as far as an ordinary user can see. */
export type Firewall = 'ufw' | 'firewalld' | 'nftables' | 'macos' | 'windows';

/** The chains of nftables that judge what comes in and goes out: `inet filter input`. */
export interface NftChains {
  readonly input: string;
  readonly output: string;
}

export interface Facts {
  readonly platform: string;
  /** The network's name: `224.0.0.1:9999`. */
  readonly group: string;
  readonly version: number;
  readonly cards: readonly CardFact[];
  /** What the person chose by `-interface`; empty for everything. */
  readonly wanted: readonly string[];
  readonly defaultRoutes: readonly { readonly card: string; readonly gateway: string }[];
  /** Neighbours on the wire that answer. */
  readonly neighbours: readonly string[];
  readonly ears: readonly EarFact[];
  readonly ways: readonly WayFact[];
  readonly heard: readonly HeardFact[];
  /** Datagrams on the discovery port that are none of ours: where they came from. */
  readonly strangers: readonly { readonly address: string; readonly count: number }[];
  readonly door: DoorFact;
  readonly visits: readonly VisitFact[];
  readonly firewalls: readonly Firewall[];
  /** Defined where rules are set by `nft`, and not by `iptables`. */
  readonly nft: NftChains | undefined;
}
