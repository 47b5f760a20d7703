import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { RoleCycle, UnknownRole, resolve } from '../src/inheritance.js';

describe('resolve', () => {
  const roles = {
    guest: { allow: ['page:read'] },
    member: { allow: ['page:comment', 'page:read'], deny: ['page:delete'], extends: ['guest'] },
    author: { allow: ['page:write'], extends: ['member'] },
    reviewer: { deny: ['page:approve_own', 'page:delete'], extends: ['member'] },
    editor: { extends: ['author', 'reviewer'] },
    empty: {},
  };

  it('takes what a role has itself', () => {
    assert.deepEqual(resolve('guest', roles), { allow: ['page:read'], deny: [] });
    assert.deepEqual(resolve('empty', roles), { allow: [], deny: [] });
  });

  it('takes what it extends, far up', () => {
    assert.deepEqual(resolve('author', roles), {
      allow: ['page:comment', 'page:read', 'page:write'],
      deny: ['page:delete'],
    });
  });

  it('takes a role once that is reached on two ways', () => {
    assert.deepEqual(resolve('editor', roles), {
      allow: ['page:comment', 'page:read', 'page:write'],
      deny: ['page:approve_own', 'page:delete'],
    });
  });
});

describe('cycles', () => {
  const roles = {
    a: { extends: ['b'] },
    b: { extends: ['c'] },
    c: { extends: ['a'] },
    self: { extends: ['self'] },
    outside: { extends: ['c'] },
  };

  for (const [name, path] of [
    ['self', ['self', 'self']],
    ['a', ['a', 'b', 'c', 'a']],
    ['c', ['c', 'a', 'b', 'c']],
    ['outside', ['c', 'a', 'b', 'c']],
  ]) {
    it(`is found from ${name}`, () => {
      assert.throws(() => resolve(name, roles), (error) => {
        assert.ok(error instanceof RoleCycle);
        assert.deepEqual(error.path, path);
        assert.match(error.message, new RegExp(path.join(' > ')));
        return true;
      });
    });
  }
});

describe('unknown roles', () => {
  it('are named', () => {
    const roles = { a: { extends: ['ghost'] } };
    assert.throws(() => resolve('a', roles), { name: 'UnknownRole', message: /'ghost'/ });
    assert.throws(() => resolve('b', roles), { name: 'UnknownRole', message: /'b'/ });
    assert.throws(() => resolve('toString', roles), UnknownRole);
  });
});
