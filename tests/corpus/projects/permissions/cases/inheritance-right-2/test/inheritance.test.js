import assert from 'node:assert/strict';
import test from 'node:test';

import { RoleCycle, UnknownRole, resolve } from '../src/inheritance.js';

const roles = {
  base: { allow: ['z', 'a'], deny: ['d'] },
  left: { allow: ['l'], extends: ['base'] },
  right: { allow: ['r', 'a'], deny: ['c'], extends: ['base'] },
  top: { extends: ['left', 'right'] },
  nothing: { extends: [] },
  loop: { allow: ['x'], extends: ['base', 'back'] },
  back: { extends: ['loop'] },
  mirror: { extends: ['mirror'] },
  orphan: { extends: ['base', 'missing'] },
};

test('own permissions are sorted', () => {
  assert.deepEqual(resolve('base', roles), { allow: ['a', 'z'], deny: ['d'] });
});

test('inherited permissions', () => {
  assert.deepEqual(resolve('right', roles), { allow: ['a', 'r', 'z'], deny: ['c', 'd'] });
});

test('a diamond', () => {
  assert.deepEqual(resolve('top', roles), { allow: ['a', 'l', 'r', 'z'], deny: ['c', 'd'] });
});

test('nothing at all', () => {
  assert.deepEqual(resolve('nothing', roles), { allow: [], deny: [] });
});

test('cycles', () => {
  const path = (name) => {
    try {
      resolve(name, roles);
    } catch (error) {
      assert.ok(error instanceof RoleCycle);
      return error.path.join(' ');
    }
    return assert.fail(`${name} has a cycle`);
  };
  assert.equal(path('loop'), 'loop back loop');
  assert.equal(path('back'), 'back loop back');
  assert.equal(path('mirror'), 'mirror mirror');
});

test('unknown roles', () => {
  assert.throws(() => resolve('missing', roles), UnknownRole);
  assert.throws(() => resolve('orphan', roles), { message: 'unknown role: missing' });
});
