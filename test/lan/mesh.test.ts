import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allHear, allMeet, nth, saidBy, speech } from '../crowd.ts';
import { type ChatProcess, joined, left } from '../process.ts';
import { Stage } from '../stage.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { lanSupport } from './support.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];
const MESSAGES = 20;
/** A dead peer is noticed within 6 s; what is above that is for two busy cores. */
const GONE_MS_MAX = 8_000;
const BACK_MS_MAX = 20_000;

describe.skipIf(lan.type === 'no')('five hosts on one network', () => {
  let island: Island;
  let stage: Stage;
  let hosts: Host[];
  let chats: ChatProcess[];

  beforeEach(async () => {
    island = await Island.open();
    stage = new Stage();
    hosts = await island.lan(NAMES.length);
    chats = NAMES.map((name, place) => stage.start({ name, where: nth(hosts, place) }));
    await Promise.all(chats.map((chat) => chat.here()));
  });

  afterEach(async () => {
    await stage.close();
    await island.close();
  });

  it('all see each other, and every message arrives everywhere once, in the order of its author', async () => {
    await allMeet(chats);
    for (const chat of chats) {
      for (const text of speech(chat.name, MESSAGES)) chat.say(text);
    }
    await allHear(
      chats,
      NAMES.map((name) => `${name} ${MESSAGES}`),
    );
    for (const chat of chats) chat.say(`${chat.name} rests`);
    await allHear(
      chats,
      NAMES.map((name) => `${name} rests`),
    );
    for (const chat of chats) {
      for (const name of NAMES)
        expect(saidBy(chat, name), `${name} at ${chat.name}`).toEqual([...speech(name, MESSAGES), `${name} rests`]);
    }
  }, 60_000);

  it.each([
    {
      cut: 'card is switched off',
      from: (host: Host) => host.interfaceDown(),
      back: (host: Host) => host.interfaceUp(),
    },
    {
      cut: 'cable leads nowhere',
      from: (host: Host) => host.cable().moveTo(undefined),
      back: (host: Host) => host.cable().moveBack(),
    },
  ])(
    'a host whose $cut is missed, and nothing that was said meanwhile is lost',
    async ({ from, back }) => {
      await allMeet(chats);
      const apart = nth(chats, 4);
      const rest = chats.slice(0, 4);
      for (const chat of chats) chat.say(`${chat.name} before`);
      await allHear(
        chats,
        NAMES.map((name) => `${name} before`),
      );

      await from(nth(hosts, 4));
      await Promise.all([
        ...rest.map((chat) => chat.waitForLine('stderr', left(apart.name), { timeoutMs: GONE_MS_MAX })),
        ...rest.map((chat) => apart.waitForLine('stderr', left(chat.name), { timeoutMs: GONE_MS_MAX })),
      ]);
      for (const chat of chats) chat.say(`${chat.name} meanwhile`);
      await allHear(
        rest,
        rest.map((chat) => `${chat.name} meanwhile`),
      );
      await apart.hears(`${apart.name} meanwhile`);

      const seen = rest.map((chat) => chat.stderr.length);
      await back(nth(hosts, 4));
      await Promise.all(
        rest.map((chat, place) =>
          chat.waitForLine('stderr', joined(apart.name), { from: nth(seen, place), timeoutMs: BACK_MS_MAX }),
        ),
      );
      for (const chat of chats) chat.say(`${chat.name} after`);
      await allHear(
        chats,
        NAMES.flatMap((name) => [`${name} meanwhile`, `${name} after`]),
      );
      for (const chat of chats) {
        for (const name of NAMES) {
          expect(saidBy(chat, name), `${name} at ${chat.name}`).toEqual([
            `${name} before`,
            `${name} meanwhile`,
            `${name} after`,
          ]);
        }
      }
    },
    90_000,
  );
});
