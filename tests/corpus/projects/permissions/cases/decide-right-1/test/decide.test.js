import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Reason, decide } from '../src/decide.js';

const roles = {
  reader: { allow: ['*'], deny: ['*:write'] },
  seller: { allow: ['order:*'], deny: ['order:delete'] },
  admin: { allow: ['*'] },
  nobody: {},
};

const user = (...names) => ({ roles: names, suspended: false });

describe('decide', () => {
  const rows = [
    [user('seller'), 'order:read', Reason.GRANTED],
    [user('seller'), 'order:delete', Reason.DENIED],
    [user('seller'), 'invoice:read', Reason.NOT_GRANTED],
    [user('nobody'), 'order:read', Reason.NOT_GRANTED],
    [user('nobody', 'admin'), 'order:read', Reason.GRANTED],
    [user('admin', 'seller'), 'order:delete', Reason.DENIED],
    [user('seller', 'admin'), 'order:delete', Reason.DENIED],
    [user('seller', 'admin'), 'invoice:read', Reason.GRANTED],
    [user(), 'order:read', Reason.NO_ROLE],
    [{ roles: ['admin'], suspended: true }, 'order:read', Reason.SUSPENDED],
    [{ roles: [], suspended: true }, 'order:read', Reason.SUSPENDED],
  ];

  for (const [who, permission, reason] of rows) {
    const title = `${who.roles.join(' and ') || 'no role'}, ${permission}: ${reason}`;
    it(title, () => {
      assert.deepEqual(decide(who, permission, roles), {
        allowed: reason === 'granted',
        reason,
      });
    });
  }
});

it('exports its reasons', () => {
  assert.ok(Object.isFrozen(Reason));
  assert.deepEqual(Object.values(Reason).sort(), [
    'denied',
    'granted',
    'no role',
    'not granted',
    'suspended',
  ]);
});
