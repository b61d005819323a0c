/** Whether this machine lets tests make hosts of their own, found out by trying. */
import { Island } from './island.ts';

export type Support = { readonly type: 'yes' } | { readonly type: 'no'; readonly why: string };

/** Opens a small island once and remembers how it went. */
export async function lanSupport(): Promise<Support> {
  tried ??= tryIsland();
  return await tried;
}

/**
 * Whether hosts can lose packets and drop what is sent to groups: that takes the tool `nft` and its module in the kernel.
 * Links and what is sent to one host alone can be dropped without it.
 */
export async function firewallSupport(): Promise<Support> {
  const lan = await lanSupport();
  if (lan.type === 'no') return lan;
  try {
    await using island = await Island.open();
    const host = await island.host('probe');
    await host.exec(['nft', 'add', 'table', 'inet', 'probe']);
    return { type: 'yes' };
  } catch (error) {
    return { type: 'no', why: `no firewall here (install nftables): ${said(error)}` };
  }
}

/** Whether cables can be slow: that takes the tool `tc` and the token bucket filter in the kernel. */
export async function rateSupport(): Promise<Support> {
  const lan = await lanSupport();
  if (lan.type === 'no') return lan;
  try {
    await using island = await Island.open();
    const [host] = await island.lan(1);
    await host?.cable().limitDownload(1_000);
    return { type: 'yes' };
  } catch (error) {
    return { type: 'no', why: `no slow cables here (sch_tbf in the kernel): ${said(error)}` };
  }
}

let tried: Promise<Support> | undefined;

async function tryIsland(): Promise<Support> {
  if (process.platform !== 'linux') return { type: 'no', why: 'network namespaces exist on Linux only' };
  try {
    await using island = await Island.open();
    const [first] = await island.lan(1);
    await first?.exec(['true']);
    return { type: 'yes' };
  } catch (error) {
    return { type: 'no', why: said(error) };
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
