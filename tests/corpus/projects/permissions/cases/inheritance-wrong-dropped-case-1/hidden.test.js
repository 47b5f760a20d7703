import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoleCycle, UnknownRole, resolve } from '../src/inheritance.js';

const roles = {
  reader: { allow: ['b:read', 'a:read'] },
  writer: { allow: ['a:write'], deny: ['a:delete'], extends: ['reader'] },
  chief: { allow: ['a:read'], extends: ['writer', 'reader'] },
  plain: {},
  self: { extends: ['self'] },
  one: { extends: ['reader', 'two'] },
  two: { extends: ['three'] },
  three: { extends: ['two'] },
  lost: { allow: ['a:read'], extends: ['gone'] },
};

test('resolves', () => {
  assert.deepEqual(resolve('reader', roles), { allow: ['a:read', 'b:read'], deny: [] });
  assert.deepEqual(resolve('writer', roles), {
    allow: ['a:read', 'a:write', 'b:read'],
    deny: ['a:delete'],
  });
  assert.deepEqual(resolve('chief', roles), resolve('writer', roles));
  assert.deepEqual(resolve('plain', roles), { allow: [], deny: [] });
});

test('cycles', () => {
  const cycle = (path) => (error) => {
    assert.ok(error instanceof RoleCycle);
    assert.deepEqual(error.path, path);
    return true;
  };
  assert.throws(() => resolve('self', roles), cycle(['self', 'self']));
  assert.throws(() => resolve('two', roles), cycle(['two', 'three', 'two']));
  assert.throws(() => resolve('one', roles), (error) => error instanceof RoleCycle);
});

test('unknown', () => {
  assert.throws(() => resolve('nope', roles), (e) => e instanceof UnknownRole && /nope/.test(e.message));
  assert.throws(() => resolve('lost', roles), (e) => e instanceof UnknownRole && /gone/.test(e.message));
});
