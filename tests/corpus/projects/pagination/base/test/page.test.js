'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { paginate } = require('../src/page.js');

const items = [1, 2, 3, 4, 5];

test('pages in the middle and at the end', () => {
  assert.deepEqual(paginate(items, 1, 2), { items: [1, 2], page: 1, pages: 3 });
  assert.deepEqual(paginate(items, 3, 2), { items: [5], page: 3, pages: 3 });
});

test('pages that are not there', () => {
  assert.equal(paginate(items, 0, 2).page, 1);
  assert.equal(paginate(items, 9, 2).page, 3);
  assert.deepEqual(paginate([], 1, 2), { items: [], page: 1, pages: 1 });
});

test('size must make sense', () => {
  assert.throws(() => paginate(items, 1, 0), RangeError);
  assert.throws(() => paginate(items, 1, 1.5), RangeError);
});
