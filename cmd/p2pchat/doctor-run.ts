/** Does what `p2pchat doctor` asks for: the diagnosis on standard output, what is being done on standard error. */
import { join } from 'node:path';
import { Identity } from '../../internal/crypto/identity.ts';
import { KeyFileError } from '../../internal/crypto/key-file-error.ts';
import { type Diagnosis, diagnose } from '../../internal/doctor/diagnose.ts';
import { examine } from '../../internal/doctor/examine.ts';
import { findFolders } from '../../internal/store/folders.ts';
import { peerCachePath, readPeerCache } from '../../internal/store/peer-cache.ts';
import { readSettings } from '../../internal/store/settings.ts';
import { LISTEN_PORT_DEFAULT } from '../../pkg/base/limits.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import type { Nick } from '../../pkg/identity/nick.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import type { DoctorRequest } from './doctor-flags.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Doing } from './progress.ts';
import { Signals } from './signals.ts';

/** Throws what `exitCodeOf` knows. */
export async function runDoctor(request: DoctorRequest): Promise<ExitCode> {
  const { multicast, port, connect, json } = request;
  const name =
    request.profile ?? request.username ?? readSettings(join(findFolders('any').config, 'config.json')).username;
  const signals = new Signals();
  const doing = new Doing();
  try {
    const facts = await examine({
      identity: Identity.generate(),
      profile: name === undefined ? undefined : peerOf(name),
      group: multicast,
      interfaces: request.interface,
      port: port ?? LISTEN_PORT_DEFAULT,
      portNamed: port !== undefined,
      running: false,
      linked: [],
      remembered: name === undefined ? [] : metBefore(name, `${multicast.address}:${multicast.port}`),
      named: connect,
      signal: signals.aborted,
      progress: doing.show,
    });
    doing.clear();
    if (signals.caught !== undefined) return signals.caught.code;
    const diagnosis = diagnose(facts);
    process.stdout.write(json ? `${JSON.stringify(inOrder(diagnosis))}\n` : pageOf(diagnosis));
    return diagnosis.verdict === 'healthy' ? EXIT.done : EXIT.noPeer;
  } finally {
    doing.clear();
    signals.stop();
  }
}

function inOrder({ verdict, cause, fix, evidence }: Diagnosis): Diagnosis {
  return { verdict, cause, fix, evidence };
}

function pageOf({ verdict, cause, fix, evidence }: Diagnosis): string {
  const rows = evidence.map((line) => `  ${line}\n`).join('');
  return `${verdict}: ${shownLine(cause)}\n\nWhat to do:\n  ${shownLine(fix)}\n\nWhat was found:\n${rows}`;
}

/** Where those are whom a profile was linked with last time, in the network that is examined. */
function metBefore(profile: Nick, group: string): readonly Endpoint[] {
  return readPeerCache(peerCachePath(findFolders(profile)), group).flatMap(({ at }) => at);
}

/** The key of a profile whose chat may be running; a key file that cannot be read is not the network's fault. */
function peerOf(profile: Nick): PeerId | undefined {
  try {
    return Identity.load(join(findFolders(profile).profile, 'identity.key'))?.peer;
  } catch (error) {
    if (error instanceof KeyFileError) return undefined;
    throw error;
  }
}
