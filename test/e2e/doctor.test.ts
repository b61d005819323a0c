import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Stage } from '../stage.ts';

const report = z.strictObject({
  verdict: z.string(),
  cause: z.string(),
  fix: z.string(),
  evidence: z.array(z.string()),
});

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(async () => {
  await stage.close();
});

/** The doctor's words, on the loopback alone. */
function words(...more: readonly string[]): string[] {
  return ['doctor', '-interface', '127.0.0.1', '-multicast', stage.group, ...more];
}

describe('p2pchat doctor', () => {
  it('prints a page for people: the verdict first, then what to do, then what was found', async () => {
    const [alice] = await stage.startAll(['alice']);
    const doctor = stage.run(words());
    expect(await doctor.exit).toMatchObject({ code: 0 });
    const page = doctor.stdout.map(({ text }) => text);
    expect(page[0]).toBe('healthy: Everything works: 1 other found and reached.');
    expect(page.slice(1, 6)).toEqual(['', 'What to do:', '  nothing to do', '', 'What was found:']);
    expect(page.slice(6).join('\n')).toContain('alice');
    expect(doctor.raw('stderr')).toBe('');
    expect(alice?.stderr.filter(({ text }) => /joined|left/.test(text))).toEqual([]);
  });

  it('prints one JSON object for scripts, wherever the flags stand', async () => {
    const doctor = stage.run(['-interface', '127.0.0.1', '-multicast', stage.group, 'doctor', '-json']);
    expect(await doctor.exit).toMatchObject({ code: 3 });
    expect(doctor.stdout.length).toBe(1);
    const { verdict, evidence } = report.parse(JSON.parse(doctor.raw('stdout')));
    expect(['wrong-interface', 'no-network']).toContain(verdict);
    expect(evidence.join('\n')).toContain('127.0.0.1');
  });

  it('visits whom -connect names by host name', async () => {
    const [alice] = await stage.startAll(['alice']);
    const port = (await alice?.here())?.port;
    const doctor = stage.run(words('-connect', `localhost:${port}`, '-json'));
    await doctor.exit;
    const { evidence } = report.parse(JSON.parse(doctor.raw('stdout')));
    expect(evidence.join('\n')).toMatch(/alice at 127\.0\.0\.1:\d+: can be dialled/);
  });

  it('says of whom the person named that it is in another chat, in a shell and in the chat, though others are well', async () => {
    const elsewhere = new Stage();
    try {
      const [bob] = await elsewhere.startAll(['bob']);
      const place = `127.0.0.1:${(await bob?.here())?.port}`;
      const [alice] = await stage.startAll(['alice'], { args: ['-connect', place] });
      await stage.startAll(['carol']);
      await alice?.meets(['carol']);
      await alice?.waitForLine('stderr', /in another chat, by another -multicast/);
      alice?.say('/doctor');
      const fix = `-multicast ${elsewhere.group}`;
      await alice?.waitForLine('stderr', /examining the network/);
      await alice?.waitForLine('stderr', new RegExp(`other-group: .*${place} \\(bob\\).*${fix}`));
      const doctor = stage.run(words('-connect', place, '-json'));
      await doctor.exit;
      const said = report.parse(JSON.parse(doctor.raw('stdout')));
      expect([said.verdict, said.fix]).toEqual(['other-group', `p2pchat -interface 127.0.0.1 ${fix}`]);
    } finally {
      await elsewhere.close();
    }
  });

  it('ends at once with SIGINT, and has nothing to say then', async () => {
    const alice = stage.start({ name: 'alice', debug: 'p2pchat:session' });
    await alice.here();
    const doctor = stage.run(words());
    await alice.waitForLine('stderr', /is a visit/);
    doctor.signal('SIGINT');
    expect(await doctor.exit).toMatchObject({ code: 130 });
    expect([doctor.raw('stdout'), doctor.raw('stderr')]).toEqual(['', '']);
  });

  it.each([
    [['-connect', 'a:b:c'], /a:b:c.*192\.168\.1\.5/],
    [['-connect', 'host:99999'], /65535/],
    [['-jsn'], /-json/],
    [['eth0'], /too many arguments/],
    [['-interface='], /Name a card/],
  ] as const)('refuses %j with a word on it', async (wrong, names) => {
    const doctor = stage.run(words(...wrong));
    expect(await doctor.exit).toMatchObject({ code: 2 });
    expect(doctor.raw('stdout')).toBe('');
    expect(doctor.raw('stderr')).toMatch(names);
  });
});
