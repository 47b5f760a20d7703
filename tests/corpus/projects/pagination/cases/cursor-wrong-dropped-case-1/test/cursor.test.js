'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { after, BadCursor } = require('../src/cursor.js');

const items = [5, 4, 3, 2, 1].map((id) => ({ id }));

test('first page', () => {
  const { items: page, next } = after(items, null, 2);
  assert.deepEqual(page, [{ id: 5 }, { id: 4 }]);
  assert.equal(typeof next, 'string');
});

test('walks through all pages', () => {
  const seen = [];
  let cursor = null;
  do {
    const page = after(items, cursor, 2);
    seen.push(...page.items);
    cursor = page.next;
  } while (cursor);
  assert.deepEqual(seen, items);
});

test('last page has no next cursor', () => {
  assert.equal(after(items, null, 5).next, null);
  assert.equal(after(items, null, 10).next, null);
});

test('malformed cursors', () => {
  for (const cursor of ['', '###', 'e30', 'bnVsbA']) {
    assert.throws(() => after(items, cursor, 2), BadCursor);
  }
});
