import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Reason, decide } from '../src/decide.js';

const roles = {
  clerk: { allow: ['invoice:*'] },
  junior: { allow: ['order:read'], deny: ['invoice:delete'] },
};
const user = (names, suspended = false) => ({ roles: names, suspended });

test('granted', () => {
  const result = decide(user(['clerk']), 'invoice:read', roles);
  assert.deepEqual(result, { allowed: true, reason: 'granted' });
});

test('deny wins', () => {
  const denied = { allowed: false, reason: 'denied' };
  assert.deepEqual(decide(user(['clerk', 'junior']), 'invoice:delete', roles), denied);
  assert.deepEqual(decide(user(['junior', 'clerk']), 'invoice:delete', roles), denied);
});

test('not granted', () => {
  const result = decide(user(['junior']), 'order:write', roles);
  assert.deepEqual(result, { allowed: false, reason: 'not granted' });
});

test('suspended', () => {
  const result = decide(user(['clerk'], true), 'invoice:read', roles);
  assert.deepEqual(result, { allowed: false, reason: 'suspended' });
});

test('user without roles is not allowed', () => {
  const result = decide(user([]), 'invoice:read', roles);
  assert.equal(result.allowed, false);
  assert.ok(Object.values(Reason).includes(result.reason));
});
