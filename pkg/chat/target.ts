import { LISTEN_PORT_DEFAULT } from '../base/limits.ts';
import type { ConnectTarget } from './command.ts';
import { closeLine } from './shown.ts';

/** More than any name or address has, its scope included. */
const ADDRESS_CHARS_MAX = 253;
const PORT_MAX = 65_535;
const BRACKETED = /^\[([^\]]+)\](?::(.*))?$/;
const IPV4_LIKE = /^[\d.]+$/;
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const WEB = /^\w+:\/\//;
const LINK_LOCAL = /^fe[89ab][^%]*$/i;
const HEX_GROUP = /^[\da-f]{1,4}$/i;
const SCOPED = /^([^%]+)(?:%[\w.-]+)?$/;
/** Underscores stand in no public name and in many a local one. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}.])?$/u;

export type TargetCheck =
  | { readonly type: 'target'; readonly to: ConnectTarget }
  /** Completes "that …" and says what is right. */
  | { readonly type: 'wrong'; readonly why: string };

/** Reads `host`, `host:port`, `[fe80::1%eth0]:8080` or `fe80::1`; without a port it is the usual one. */
export function checkTarget(text: string): TargetCheck {
  const [, inBrackets, behind] = BRACKETED.exec(text) ?? [];
  if (inBrackets !== undefined) {
    return isIpv6(inBrackets) ? target(inBrackets, behind) : wrong(`is no IPv6 address in brackets: ${EXAMPLE_IPV6}`);
  }
  if (isIpv6(text)) return target(text, undefined);
  const colon = text.indexOf(':');
  const address = colon === -1 ? text : text.slice(0, colon);
  if (WEB.test(text)) return wrong(`is a web address: leave away what stands before and behind the host, ${EXAMPLE}`);
  if (text.lastIndexOf(':') !== colon) return wrong(`is no address: ${EXAMPLE}`);
  const isAddress = IPV4_LIKE.test(address) ? isIpv4(address) : NAME.test(address);
  if (!isAddress) return wrong(`is no address or name ("${closeLine(address.slice(0, 40))}"): ${EXAMPLE}`);
  return target(address, colon === -1 ? undefined : text.slice(colon + 1));
}

const EXAMPLE = 'it is like 192.168.1.5, nas.local:8080 or [fe80::1%eth0]:8080';
const EXAMPLE_IPV6 = '[fe80::1%eth0]:8080';

function target(address: string, portText: string | undefined): TargetCheck {
  if (address.length > ADDRESS_CHARS_MAX) return wrong(`is too long for an address: ${EXAMPLE}`);
  if (isIpv6(address) && LINK_LOCAL.test(address)) {
    return wrong(`is good on one cable alone, and wants the card behind it: [${address}%eth0]:${LISTEN_PORT_DEFAULT}`);
  }
  if (portText === undefined) return { type: 'target', to: { address, port: LISTEN_PORT_DEFAULT } };
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > PORT_MAX) return wrong(`has no port from 1 to ${PORT_MAX} behind its colon: ${EXAMPLE}`);
  return { type: 'target', to: { address, port } };
}

function isIpv4(text: string): boolean {
  return IPV4.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

/** Eight groups of hexadecimal digits, of which `::` may stand for some; the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  const [, address = ''] = SCOPED.exec(text) ?? [];
  const halves = address.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const embedded = last.includes('.');
  if (embedded && !isIpv4(last)) return false;
  const count = groups.length + (embedded ? 1 : 0);
  const isWhole = halves.length === 1 ? count === 8 : halves.length === 2 && count < 8;
  return isWhole && (embedded ? groups.slice(0, -1) : groups).every((group) => HEX_GROUP.test(group));
}

function wrong(why: string): TargetCheck {
  return { type: 'wrong', why };
}
