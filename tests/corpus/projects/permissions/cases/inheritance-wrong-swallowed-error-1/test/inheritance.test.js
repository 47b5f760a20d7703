import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { RoleCycle, UnknownRole, resolve } from '../src/inheritance.js';

const roles = {
  viewer: { allow: ['doc:read'] },
  editor: { allow: ['doc:write'], deny: ['doc:purge'], extends: ['viewer'] },
  admin: { allow: ['doc:admin'], extends: ['editor', 'viewer'] },
  a: { extends: ['b'] },
  b: { extends: ['a'] },
};

describe('resolve', () => {
  it('resolves a role without parents', () => {
    assert.deepEqual(resolve('viewer', roles), { allow: ['doc:read'], deny: [] });
  });

  it('resolves parents', () => {
    assert.deepEqual(resolve('admin', roles), {
      allow: ['doc:admin', 'doc:read', 'doc:write'],
      deny: ['doc:purge'],
    });
  });

  it('detects cycles', () => {
    assert.throws(() => resolve('a', roles), (error) => {
      assert.ok(error instanceof RoleCycle);
      assert.deepEqual(error.path, ['a', 'b', 'a']);
      return true;
    });
  });

  it('throws for unknown roles', () => {
    assert.throws(() => resolve('ghost', roles), UnknownRole);
  });
});
