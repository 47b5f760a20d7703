'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');

const { pageWindow } = require('../src/window.js');

test('the example', () => {
  assert.deepEqual(pageWindow(6, 12), [1, '…', 4, 5, 6, 7, 8, '…', 12]);
});

test('one page and two', () => {
  assert.deepEqual(pageWindow(1, 1), [1]);
  assert.deepEqual(pageWindow(2, 2), [1, 2]);
});

test('no gap for a single page', () => {
  assert.deepEqual(pageWindow(5, 9), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(pageWindow(3, 5, 0), [1, 2, 3, 4, 5]);
});

test('a gap for two', () => {
  assert.deepEqual(pageWindow(6, 11), [1, '…', 4, 5, 6, 7, 8, '…', 11]);
  assert.deepEqual(pageWindow(4, 7, 0), [1, '…', 4, '…', 7]);
});

test('what holds for every page', () => {
  for (let pages = 1; pages <= 12; pages += 1) {
    for (let page = 1; page <= pages; page += 1) {
      const shown = pageWindow(page, pages, 1);
      const numbers = shown.filter((entry) => entry !== '…');
      assert.equal(shown[0], 1);
      assert.equal(shown.at(-1), pages);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
      for (const near of [page - 1, page, page + 1]) {
        assert.equal(numbers.includes(near), near >= 1 && near <= pages);
      }
      shown.forEach((entry, index) => {
        if (entry === '…') {
          assert.ok(shown[index + 1] - shown[index - 1] > 2);
        } else if (typeof shown[index - 1] === 'number') {
          assert.equal(entry - shown[index - 1], 1);
        }
      });
    }
  }
});
