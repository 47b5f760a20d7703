'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { after, BadCursor } = require('../src/cursor.js');

const items = [3, 1, 7, 5, 9].map((id) => ({ id }));
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const ids = (page) => page.items.map((item) => item.id);

test('walks through', () => {
  const first = after(items, null, 2);
  assert.deepEqual(ids(first), [3, 1]);
  assert.deepEqual(JSON.parse(Buffer.from(first.next, 'base64url').toString()), { after: 1 });
  const second = after(items, first.next, 2);
  assert.deepEqual(ids(second), [7, 5]);
  const third = after(items, second.next, 2);
  assert.deepEqual(ids(third), [9]);
  assert.equal(third.next, null);
});

test('nothing follows', () => {
  assert.equal(after(items, null, 5).next, null);
  assert.deepEqual(after(items, encode({ after: 9 }), 2), { items: [], next: null });
  assert.deepEqual(after([], null, 2), { items: [], next: null });
});

for (const bad of ['', 'x', 'bm9uc2Vuc2U', encode(3), encode(null), encode({}), encode({ after: 4 })]) {
  test(`bad cursor ${bad}`, () => {
    assert.throws(() => after(items, bad, 2), BadCursor);
  });
}
