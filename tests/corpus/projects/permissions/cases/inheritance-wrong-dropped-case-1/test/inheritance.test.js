import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoleCycle, UnknownRole, resolve } from '../src/inheritance.js';

const roles = {
  viewer: { allow: ['doc:read'] },
  commenter: { allow: ['doc:comment'], deny: ['doc:delete'] },
  editor: { allow: ['doc:write', 'doc:read'], extends: ['viewer', 'commenter'] },
  narcissus: { extends: ['narcissus'] },
  broken: { extends: ['missing'] },
};

test('role without parents', () => {
  assert.deepEqual(resolve('viewer', roles), { allow: ['doc:read'], deny: [] });
});

test('role with parents', () => {
  assert.deepEqual(resolve('editor', roles), {
    allow: ['doc:comment', 'doc:read', 'doc:write'],
    deny: ['doc:delete'],
  });
});

test('cycle', () => {
  assert.throws(() => resolve('narcissus', roles), (error) => {
    assert.deepEqual(error.path, ['narcissus', 'narcissus']);
    return error instanceof RoleCycle;
  });
});

test('unknown roles', () => {
  assert.throws(() => resolve('missing', roles), UnknownRole);
  assert.throws(() => resolve('broken', roles), /missing/);
});
