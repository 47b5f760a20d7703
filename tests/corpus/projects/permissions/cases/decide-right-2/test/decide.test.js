import assert from 'node:assert/strict';
import test from 'node:test';

import { Reason, decide } from '../src/decide.js';

const roles = {
  writer: { allow: ['page:write', 'page:read'] },
  guard: { deny: ['page:write'] },
};

const may = (names, permission, suspended = false) => decide({ roles: names, suspended }, permission, roles);

test('granted', () => {
  assert.deepEqual(may(['writer'], 'page:write'), { allowed: true, reason: 'granted' });
  assert.deepEqual(may(['guard', 'writer'], 'page:read'), { allowed: true, reason: 'granted' });
});

test('denied, whatever else is allowed', () => {
  assert.deepEqual(may(['writer', 'guard'], 'page:write'), { allowed: false, reason: 'denied' });
  assert.deepEqual(may(['guard', 'writer'], 'page:write'), { allowed: false, reason: 'denied' });
});

test('not granted', () => {
  assert.deepEqual(may(['writer'], 'page:delete'), { allowed: false, reason: 'not granted' });
  assert.deepEqual(may(['guard'], 'page:read'), { allowed: false, reason: 'not granted' });
});

test('no role', () => {
  assert.deepEqual(may([], 'page:read'), { allowed: false, reason: 'no role' });
});

test('suspended', () => {
  assert.deepEqual(may(['writer'], 'page:read', true), { allowed: false, reason: 'suspended' });
  assert.deepEqual(may([], 'page:read', true), { allowed: false, reason: 'suspended' });
  assert.deepEqual(may(['guard'], 'page:write', true), { allowed: false, reason: 'suspended' });
});

test('the reasons cannot be changed', () => {
  assert.throws(() => {
    Reason.GRANTED = 'sure';
  }, TypeError);
  assert.equal(Object.keys(Reason).length, 5);
});
