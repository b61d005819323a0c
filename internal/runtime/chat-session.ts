/** One run of the chat, from the profile's lock to the last goodbye: opens every port in the right order, and closes them. */
import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { assert } from '../../pkg/base/assert.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Nick } from '../../pkg/identity/nick.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { type InstanceId, isInstanceId } from '../../pkg/wire/fields.ts';
import { Identity } from '../crypto/identity.ts';
import { chooseInterfaces } from '../net/interfaces.ts';
import { Network } from '../net/network.ts';
import { type Folders, makeFolders } from '../store/folders.ts';
import { HistoryThread } from '../store/history-thread.ts';
import { lockProfile } from '../store/lock.ts';
import { isNewGroup, peerCachePath, readPeerCache } from '../store/peer-cache.ts';
import { readSettings } from '../store/settings.ts';
import { readClock } from './clock.ts';
import { Closers } from './closers.ts';
import { Driver, type Ports } from './driver.ts';
import type { Trace } from './trace.ts';

export interface ChatOptions {
  readonly nick: Nick;
  /** The name of the profile whose folders these are. */
  readonly profile: Nick;
  readonly folders: Folders;
  /** The TCP port to accept links on, and whether the person named it: then no other will do. */
  readonly port: number;
  readonly portNamed: boolean;
  readonly group: { readonly address: string; readonly port: number };
  /** Names or addresses of the cards to use; empty for all. */
  readonly interfaces: readonly string[];
  /** Hosts to dial, found or not. */
  readonly targets: readonly Endpoint[];
  /** Links held at once. */
  readonly linksMax: number;
  readonly software: string;
  readonly trace: Trace;
}

export interface ChatSession {
  readonly chat: Chat;
  /** What the person should know about how it started, if anything. */
  readonly warnings: readonly string[];
  /** Says goodbye once everything said is stored. Resolves when it is said; what it leaves open, `stop` closes. */
  leave(reason: string): Promise<void>;
  /** Lets go of everything; resolves when nothing is left. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the chat. Throws `NetworkError`, `StoreError` or `KeyFileError`, whose messages say what to do; nothing is
 * left open then.
 */
export async function startChat(options: ChatOptions): Promise<ChatSession> {
  const { folders, trace, group } = options;
  const opened = new Closers();
  try {
    chooseInterfaces(options.interfaces);
    makeFolders(folders);
    const lock = lockProfile(folders.profile, options.profile);
    opened.defer(() => lock.release());
    const { retention = {} } = readSettings(join(folders.config, 'config.json'));
    const history = new HistoryThread(join(folders.profile, 'history.db'), retention);
    opened.defer(() => history.close());
    const identity = Identity.open(join(folders.profile, 'identity.key'));

    let driver: Driver | undefined;
    const deliver = (input: Input) => driver?.deliver(input);
    const trouble = (text: string) => trace.write('net', text);
    const network = await Network.open({
      identity,
      group,
      port: options.port,
      portNamed: options.portNamed,
      interfaces: options.interfaces,
      readClock,
      deliver,
      trouble,
    });
    opened.defer(() => network.stop());

    const peerCache = peerCachePath(folders);
    const groupText = `${group.address}:${group.port}`;
    const bringsHistory = history.heads.length > 0 && isNewGroup(peerCache, groupText);
    const config = {
      me: identity.peer,
      nick: options.nick,
      instance: freshInstance(),
      port: network.port,
      group: groupText,
      software: options.software,
      linksMax: options.linksMax,
      heads: history.heads,
      outbox: history.outbox,
      targets: options.targets,
      remembered: readPeerCache(peerCache, groupText),
      startedAt: readClock(),
      seed: randomInt(0x7fff_ffff),
      tracing: trace.on,
    };
    const stopping = new AbortController();
    const examine: Ports['examine'] = async (linked, named) => {
      const { examineHere } = await import('../doctor/examine-here.ts');
      return await examineHere({
        identity,
        group,
        interfaces: options.interfaces,
        port: network.port,
        portNamed: options.portNamed,
        linked,
        named,
        remembered: config.remembered.flatMap(({ at }) => at),
        signal: stopping.signal,
      });
    };
    const running = new Driver(config, { identity, history, network, peerCache, trace, examine });
    opened.defer(() => stopping.abort());
    driver = running;
    opened.defer(() => running.stop());
    network.watch();
    // What is asked for at once is the past, for the first frame.
    await running.diskRests();
    return {
      chat: running,
      warnings: [
        ...network.missing.map((name) => `There is no network interface "${name}" yet; it is used once it comes.`),
        ...(bringsHistory ? [bringsHistoryText(groupText)] : []),
        ...(history.setAside === undefined ? [] : [setAsideText(history.setAside)]),
      ],
      leave: (reason) => {
        running.do({ type: 'leave', reason });
        return running.finished;
      },
      stop: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function freshInstance(): InstanceId {
  const instance = randomBytes(8).toString('hex');
  assert(isInstanceId(instance), 'eight bytes in hexadecimal are an instance');
  return instance;
}

function bringsHistoryText(group: string): string {
  return (
    `You were in other networks under this name, and not in ${group} yet: whoever is here gets what was said there, ` +
    'as a history belongs to a name and travels with it. Another -profile keeps them apart.'
  );
}

function setAsideText(path: string): string {
  return `The history was damaged and is set aside as ${path}; what others hold comes back from them.`;
}
