import { describe, expect, it } from 'vitest';
import { refusingChains } from '../../../internal/doctor/firewalls.ts';

const RULESET = `table ip nat {
	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr 10.0.0.0/8 drop
	}
}
table inet mine {
	set bad {
		type ipv4_addr
	}
	chain elsewhere {
		drop
	}
	chain incoming {
		type filter hook input priority filter; policy drop;
		tcp dport 22 accept
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
	chain outgoing {
		type filter hook output priority filter; policy accept;
		udp dport 9999 reject with icmp type admin-prohibited
	}
}
`;

describe('the ruleset of nftables', () => {
  it('tells which chains let something not in or out', () => {
    expect(refusingChains(RULESET)).toEqual({ input: 'inet mine incoming', output: 'inet mine outgoing' });
  });

  it('tells of none where everything passes, or nothing may be seen', () => {
    expect(refusingChains(RULESET.replaceAll(/drop|reject/g, 'accept'))).toEqual({});
    expect(refusingChains('')).toEqual({});
  });
});
