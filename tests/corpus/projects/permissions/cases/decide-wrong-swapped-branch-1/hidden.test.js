import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Reason, decide } from '../src/decide.js';

const roles = {
  clerk: { allow: ['invoice:*', 'order:read'] },
  trainee: { allow: ['order:*'], deny: ['invoice:delete', 'order:delete'] },
  blocked: { deny: ['*'] },
  empty: {},
};
const rows = [
  [['clerk'], false, 'invoice:write', true, 'granted'],
  [['clerk'], false, 'order:read', true, 'granted'],
  [['clerk'], false, 'order:write', false, 'not granted'],
  [['clerk', 'trainee'], false, 'invoice:delete', false, 'denied'],
  [['trainee', 'clerk'], false, 'invoice:delete', false, 'denied'],
  [['trainee'], false, 'order:delete', false, 'denied'],
  [['trainee', 'clerk'], false, 'invoice:read', true, 'granted'],
  [['clerk', 'blocked'], false, 'invoice:read', false, 'denied'],
  [['empty'], false, 'invoice:read', false, 'not granted'],
  [[], false, 'invoice:read', false, 'no role'],
  [[], true, 'invoice:read', false, 'suspended'],
  [['clerk'], true, 'invoice:read', false, 'suspended'],
];
for (const [names, suspended, permission, allowed, reason] of rows) {
  test(`${names} ${suspended} ${permission}`, () => {
    assert.deepEqual(decide({ roles: names, suspended }, permission, roles), { allowed, reason });
  });
}

test('reasons', () => {
  assert.ok(Object.isFrozen(Reason));
  assert.deepEqual({ ...Reason }, {
    SUSPENDED: 'suspended',
    DENIED: 'denied',
    GRANTED: 'granted',
    NOT_GRANTED: 'not granted',
    NO_ROLE: 'no role',
  });
});
