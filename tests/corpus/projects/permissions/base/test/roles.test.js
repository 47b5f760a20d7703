import assert from 'node:assert/strict';
import { test } from 'node:test';

import { matches } from '../src/roles.js';

test('patterns', () => {
  assert.ok(matches('*', 'invoice:read'));
  assert.ok(matches('invoice:*', 'invoice:read'));
  assert.ok(matches('invoice:read', 'invoice:read'));
  assert.ok(!matches('invoice:*', 'order:read'));
  assert.ok(!matches('invoice:*', 'invoices:read'));
  assert.ok(!matches('invoice:read', 'invoice:write'));
});
