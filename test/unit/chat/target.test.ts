import { describe, expect, it } from 'vitest';
import { checkTarget } from '../../../pkg/chat/target.ts';

function read(text: string): string {
  const check = checkTarget(text);
  return check.type === 'target' ? `${check.to.address} ${check.to.port}` : 'wrong';
}

describe('checkTarget', () => {
  it.each([
    ['192.168.1.5', '192.168.1.5 8080'],
    ['192.168.1.5:9001', '192.168.1.5 9001'],
    ['nas.local', 'nas.local 8080'],
    ['nas_2.local:1', 'nas_2.local 1'],
    ['büro:65535', 'büro 65535'],
    ['::1', '::1 8080'],
    ['fe80::1%eth0', 'fe80::1%eth0 8080'],
    ['[fe80::1%eth0]:9001', 'fe80::1%eth0 9001'],
    ['::ffff:10.0.0.5', '::ffff:10.0.0.5 8080'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8 8080'],
    ['[2001:db8::7]', '2001:db8::7 8080'],
  ])('reads %s', (text, target) => {
    expect(read(text)).toBe(target);
  });

  it.each([
    ['', /192\.168\.1\.5/],
    ['192.168.1', /192\.168\.1\.5/],
    ['192.168.1.256', /192\.168\.1\.5/],
    ['host:0', /port/],
    ['host:65536', /port/],
    ['host:', /port/],
    ['host:http', /port/],
    ['a:b:c', /\[fe80::1%eth0\]:8080/],
    ['[nas]:8080', /\[fe80::1%eth0\]:8080/],
    ['[::1]8080', /\[fe80::1%eth0\]:8080/],
    ['1::2::3', /\[fe80::1%eth0\]:8080/],
    ['1:2:3:4:5:6:7', /\[fe80::1%eth0\]:8080/],
    ['1:2:3:4:5:6:7:8:9', /\[fe80::1%eth0\]:8080/],
    ['::12345', /\[fe80::1%eth0\]:8080/],
    ['http://nas', /web address.*nas\.local/],
    ['http://nas:80/x', /web address.*nas\.local/],
    ['fe80::1', /\[fe80::1%eth0\]:8080/],
    ['[fe80::1]:9001', /\[fe80::1%eth0\]:8080/],
    ['two words', /nas\.local/],
    ['-flag', /nas\.local/],
    ['x'.repeat(254), /too long/],
  ])('refuses %j and says what is right', (text, right) => {
    const check = checkTarget(text);
    expect(check.type === 'wrong' ? check.why : 'no error').toMatch(right);
  });

  it('shows nothing of what was typed that could drive the terminal', () => {
    const check = checkTarget('a\u001b[31m b');
    expect(check.type === 'wrong' && check.why.includes('\u001b')).toBe(false);
  });
});
