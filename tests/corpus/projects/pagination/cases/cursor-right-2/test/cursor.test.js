'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { after, BadCursor } = require('../src/cursor.js');

const list = (length) => Array.from({ length }, (_, index) => ({ id: 100 - index }));
const encoded = (text) => Buffer.from(text).toString('base64url');

for (const length of [0, 1, 2, 3, 4, 7]) {
  for (const size of [1, 2, 3]) {
    test(`walks through ${length} items by ${size}`, () => {
      const items = list(length);
      const pages = [];
      let cursor = null;
      do {
        const page = after(items, cursor, size);
        pages.push(page.items);
        cursor = page.next;
      } while (cursor !== null);
      assert.deepEqual(pages.flat(), items);
      assert.equal(pages.length, Math.max(Math.ceil(length / size), 1));
    });
  }
}

test('the cursor is as documented', () => {
  assert.equal(after(list(3), null, 1).next, encoded('{"after":100}'));
  assert.deepEqual(after(list(3), encoded('{ "after": 99 }'), 1).items, [{ id: 98 }]);
});

test('a cursor that cannot be read', () => {
  for (const text of ['', '{', 'null', '7', '"after"', '{"before":1}']) {
    assert.throws(() => after(list(3), encoded(text), 1), {
      name: 'BadCursor',
      message: /cannot be read/,
    });
  }
});

test('an entry that is not there any more', () => {
  assert.throws(() => after(list(3), encoded('{"after":1}'), 1), {
    name: 'BadCursor',
    message: 'there is no entry 1',
  });
  assert.ok(new BadCursor() instanceof Error);
});
