'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { pageWindow } = require('../src/window.js');

describe('pageWindow', () => {
  const table = [
    [1, 1, '1'],
    [1, 2, '1 2'],
    [1, 4, '1 2 3 4'],
    [1, 5, '1 2 3 4 5'],
    [1, 6, '1 2 3 … 6'],
    [4, 7, '1 2 3 4 5 6 7'],
    [5, 9, '1 2 3 4 5 6 7 8 9'],
    [6, 9, '1 … 4 5 6 7 8 9'],
    [6, 12, '1 … 4 5 6 7 8 … 12'],
    [10, 10, '1 … 8 9 10'],
  ];

  for (const [page, pages, expected] of table) {
    it(`shows ${expected} on page ${page} of ${pages}`, () => {
      assert.equal(pageWindow(page, pages).join(' '), expected);
    });
  }

  it('shows as many around as it is told', () => {
    assert.deepEqual(pageWindow(6, 12, 0), [1, '…', 6, '…', 12]);
    assert.deepEqual(pageWindow(6, 12, 1), [1, '…', 5, 6, 7, '…', 12]);
    assert.deepEqual(pageWindow(6, 12, 9), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});
