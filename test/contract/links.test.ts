import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { GOODBYE_MS, UNSENT_BYTES_MAX } from '../../pkg/base/limits.ts';
import { type LinkId, linkId } from '../../pkg/base/link-id.ts';
import { LineSplitter } from '../../pkg/wire/lines.ts';
import { Cable } from './cable.ts';
import { Child } from './child.ts';
import { couple, Party } from './party.ts';

const LINES = 10_000;

/** Lines as a link carried them to this party. */
function linesOf(party: Party, link: LinkId): string[] {
  const splitter = new LineSplitter();
  const bytes = party.inbox.all('bytes').filter((input) => input.link === link);
  return bytes.flatMap((input) => splitter.push(input.bytes).lines);
}

async function bytesArrive(party: Party, count: number): Promise<void> {
  let seen = 0;
  let total = 0;
  await party.inbox.until(() => {
    for (; seen < party.inbox.inputs.length; seen += 1) {
      const input = party.inbox.inputs[seen];
      if (input?.type === 'bytes') total += input.bytes.length;
    }
    return total >= count ? true : undefined;
  });
  expect(total).toBe(count);
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, place) => `${name} says ${place} — grüß dich\n`);
}

describe('a link', () => {
  it('opens with the key of the other end proven on both sides', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    expect(atAlice).toMatchObject({ peer: bob.peer, dial: 1, from: bob.endpoint });
    expect(atBob).toMatchObject({ peer: alice.peer, dial: undefined });
    expect(atBob.from.address).toBe('127.0.0.1');
    expect(alice.inbox.all('dial-failed')).toEqual([]);
  });

  it('carries 10,000 lines each way, whole and in order', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    const fromAlice = numbered('alice', LINES);
    const fromBob = numbered('bob', LINES);
    for (let place = 0; place < LINES; place += 1) {
      alice.links.send(atAlice.link, fromAlice[place] ?? '');
      bob.links.send(atBob.link, fromBob[place] ?? '');
      if (place % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await bytesArrive(bob, Buffer.byteLength(fromAlice.join('')));
    await bytesArrive(alice, Buffer.byteLength(fromBob.join('')));
    expect(linesOf(bob, atBob.link)).toEqual(fromAlice.map((line) => line.slice(0, -1)));
    expect(linesOf(alice, atAlice.link)).toEqual(fromBob.map((line) => line.slice(0, -1)));
  });

  it('carries any text in any pieces', async () => {
    const { alice, bob, atAlice } = await couple();
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 });
    let sent = '';
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (parts, pause) => {
        for (const part of parts) alice.links.send(atAlice.link, part);
        if (pause) await new Promise((resolve) => setImmediate(resolve));
        sent += parts.join('');
      }),
    );
    await bytesArrive(bob, Buffer.byteLength(sent));
    expect(Buffer.concat(bob.inbox.all('bytes').map((input) => input.bytes)).toString()).toBe(sent);
  });

  it.each(['the one who dialled', 'the one who was dialled'])(
    'is closed by %s: all sent before arrives',
    async (who) => {
      const { alice, bob, atAlice, atBob } = await couple();
      const [leaver, left, going, staying] =
        who === 'the one who dialled' ? [alice, bob, atAlice.link, atBob.link] : [bob, alice, atBob.link, atAlice.link];
      const farewell = numbered('leaver', 1_000);
      for (const line of farewell) leaver.links.send(going, line);
      leaver.links.close(going, 'goodbye');
      leaver.links.send(going, 'too late\n');
      expect((await leaver.inbox.next('link-closed')).why).toBe('goodbye');
      expect((await left.inbox.next('link-closed')).why).toBe('the other side closed it');
      expect(linesOf(left, staying)).toEqual(farewell.map((line) => line.slice(0, -1)));
    },
  );

  it('delivers nothing of a link once it was told to close it', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    bob.links.send(atBob.link, 'first\n');
    await alice.inbox.next('bytes');
    alice.links.close(atAlice.link, 'enough');
    const before = alice.inbox.all('bytes').length;
    bob.links.send(atBob.link, 'x'.repeat(500_000));
    await alice.inbox.next('link-closed');
    await bob.inbox.next('link-closed');
    expect(alice.inbox.all('bytes')).toHaveLength(before);
    expect(alice.inbox.inputs.at(-1)?.type).toBe('link-closed');
  });

  it('may be closed while it is being opened', async () => {
    const alice = new Party();
    const bob = new Party();
    alice.hear((input) => {
      alice.inbox.deliver(input);
      if (input.type !== 'link-opened') return;
      alice.links.send(input.link, 'bye\n');
      alice.links.close(input.link, 'duplicate');
    });
    alice.dial(bob.peer, await bob.listen());
    expect((await alice.inbox.next('link-closed')).why).toBe('duplicate');
    await bob.inbox.next('link-closed');
    expect(linesOf(bob, (await bob.inbox.next('link-opened')).link)).toEqual(['bye']);
  });

  it('ends once for each side when the connection is reset', async () => {
    const { alice, bob, cable } = await couple({ wired: true });
    cable?.cut();
    await alice.inbox.next('link-closed');
    await bob.inbox.next('link-closed');
    await Promise.all([alice.links.stop(), bob.links.stop()]);
    expect(alice.inbox.all('link-closed')).toHaveLength(1);
    expect(bob.inbox.all('link-closed')).toHaveLength(1);
    await cable?.close();
  });

  it('cannot be kept open by a peer that never reads', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    bob.links.flow(atBob.link, false);
    for (let count = 0; count < 40; count += 1) alice.links.send(atAlice.link, 'x'.repeat(1_000_000));
    const begun = performance.now();
    alice.links.close(atAlice.link, 'enough');
    await alice.inbox.next('link-closed');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(GOODBYE_MS - 2);
    expect(performance.now() - begun).toBeLessThan(GOODBYE_MS + 2_000);
  });

  it('ends at once when the address at our end is gone', async () => {
    const { alice, bob } = await couple();
    alice.links.forsake(new Set(['127.0.0.2']));
    alice.links.forsake(new Set());
    alice.links.forsake(new Set(['127.0.0.1']));
    expect((await alice.inbox.next('link-closed')).why).toBe('the address is gone');
    await bob.inbox.next('link-closed');
    expect(alice.inbox.all('link-closed')).toHaveLength(1);
  });

  it('of an unknown name is no matter', () => {
    const party = new Party();
    party.links.send(linkId(99), 'x');
    party.links.flow(linkId(99), false);
    party.links.close(linkId(99), 'x');
    expect(party.inbox.inputs).toEqual([]);
  });
});

describe('a slow reader', () => {
  it('is told of as congested, once, and as drained when half has gone', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    const block = `${'x'.repeat(65_535)}\n`;
    bob.links.flow(atBob.link, false);
    let blocks = 0;
    while (alice.inbox.all('congested').length === 0) {
      alice.links.send(atAlice.link, block);
      blocks += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let more = 0; more < 3; more += 1, blocks += 1) alice.links.send(atAlice.link, block);
    await new Promise((resolve) => setImmediate(resolve));
    expect(alice.inbox.all('drained')).toEqual([]);
    expect(blocks * block.length).toBeGreaterThan(UNSENT_BYTES_MAX);
    bob.links.flow(atBob.link, true);
    await alice.inbox.next('drained');
    await bytesArrive(bob, blocks * block.length);
    expect(alice.inbox.inputs.filter(({ type }) => type === 'congested' || type === 'drained')).toEqual([
      { type: 'congested', link: atAlice.link },
      { type: 'drained', link: atAlice.link },
    ]);
  });

  it('holds the writer back: what it does not read stays with the writer', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    bob.links.flow(atBob.link, false);
    for (let count = 0; count < 6; count += 1) alice.links.send(atAlice.link, `${'x'.repeat(999_999)}\n`);
    await alice.inbox.next('congested');
    const early = bob.inbox.all('bytes').reduce((sum, input) => sum + input.bytes.length, 0);
    expect(early).toBeLessThan(1_000_000);
    bob.links.flow(atBob.link, true);
    await bytesArrive(bob, 6_000_000);
  });

  it('that lets too much pile up with the writer is cut', async () => {
    const { alice, bob, atAlice, atBob } = await couple();
    bob.links.flow(atBob.link, false);
    for (let count = 0; count < 64; count += 1) alice.links.send(atAlice.link, `${'x'.repeat(999_999)}\n`);
    expect((await alice.inbox.next('link-closed')).why).toBe('the other side reads nothing');
  });
});

describe('stopping', () => {
  it('says farewell on every link and gives up every dial', async () => {
    const silent = await Cable.lay();
    const { alice, bob, atAlice, atBob } = await couple();
    alice.dial(Identity.generate().peer, silent.endpoint);
    alice.links.send(atAlice.link, 'farewell\n');
    const before = alice.inbox.inputs.length;
    const stopped = alice.links.stop();
    expect(alice.inbox.inputs).toHaveLength(before);
    await stopped;
    expect(alice.inbox.all('link-closed')).toMatchObject([{ why: 'stopped' }]);
    expect(alice.inbox.all('dial-failed')).toMatchObject([{ failures: [{ at: silent.endpoint, why: 'stopped' }] }]);
    await bob.inbox.next('link-closed');
    expect(linesOf(bob, atBob.link)).toEqual(['farewell']);
    await silent.close();
  });

  it('leaves no handle: the process ends by itself', async () => {
    const child = Child.start('stopping-links.ts');
    expect(await child.exit).toBe(0);
    expect(child.lines).toEqual(['stopped: dial-failed,link-closed,link-closed,link-opened,link-opened']);
  });
});
