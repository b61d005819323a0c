/** Which firewalls run here, as far as whoever asks may see, and by which tool rules are set. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Firewall, NftChains } from './facts.ts';
import { linesOf, programPath, tool } from './system.ts';

export interface Firewalls {
  readonly firewalls: readonly Firewall[];
  readonly nft: NftChains | undefined;
}

/** What most systems call the chains, where one may not look. */
const USUAL: NftChains = { input: 'inet filter input', output: 'inet filter output' };

export async function listFirewalls(platform: NodeJS.Platform = process.platform): Promise<Firewalls> {
  if (platform === 'darwin') {
    const state = await tool('/usr/libexec/ApplicationFirewall/socketfilterfw', ['--getglobalstate']);
    return { firewalls: /enabled/i.test(state) ? ['macos'] : [], nft: undefined };
  }
  if (platform === 'win32') {
    const state = await tool('netsh', ['advfirewall', 'show', 'currentprofile', 'state']);
    return { firewalls: /\bON\b/.test(state) ? ['windows'] : [], nft: undefined };
  }
  const [state, rules] = await Promise.all([tool('firewall-cmd', ['--state']), tool('nft', ['list', 'ruleset'])]);
  const firewalls: Firewall[] = [];
  if (linesOf('/etc/ufw/ufw.conf').some((line) => /^ENABLED=yes/i.test(line.trim()))) firewalls.push('ufw');
  if (existsSync('/run/firewalld') || state.startsWith('running')) firewalls.push('firewalld');
  const chains = refusingChains(rules);
  const refuses = chains.input !== undefined || chains.output !== undefined;
  if (refuses && firewalls.length === 0) firewalls.push('nftables');
  const byNft = refuses || (has('nft') && !has('iptables'));
  return { firewalls, nft: byNft ? { ...USUAL, ...chains } : undefined };
}

/** The chains of a ruleset, as `nft list ruleset` writes it, that let something not in or not out. */
export function refusingChains(ruleset: string): Partial<NftChains> {
  let table = '';
  let chain = '';
  let hook: keyof NftChains | undefined;
  const found: { -readonly [Hook in keyof NftChains]?: string } = {};
  for (const line of ruleset.split('\n')) {
    const [, kind, name = ''] = /^\s*(table|chain) (.+) \{$/.exec(line) ?? [];
    if (kind === 'table') table = name;
    if (kind !== undefined) hook = undefined;
    if (kind === 'chain') chain = `${table} ${name}`;
    const [, at] = /\bhook (input|output)\b/.exec(line) ?? [];
    if (at === 'input' || at === 'output') hook = at;
    if (hook !== undefined && /\b(?:drop|reject)\b/.test(line)) found[hook] ??= chain;
  }
  return found;
}

/** Whether a program is installed. */
function has(program: string): boolean {
  return programPath()
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));
}
