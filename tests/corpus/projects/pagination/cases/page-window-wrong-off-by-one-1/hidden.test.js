'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { pageWindow } = require('../src/window.js');

const rows = [
  [[6, 12], '1 … 4 5 6 7 8 … 12'],
  [[1, 1], '1'],
  [[1, 10], '1 2 3 … 10'],
  [[10, 10], '1 … 8 9 10'],
  [[4, 7], '1 2 3 4 5 6 7'],
  [[5, 9], '1 2 3 4 5 6 7 8 9'],
  [[5, 10], '1 2 3 4 5 6 7 … 10'],
  [[6, 20], '1 … 4 5 6 7 8 … 20'],
  [[6, 20, 0], '1 … 6 … 20'],
  [[3, 5, 0], '1 2 3 4 5'],
  [[50, 100, 1], '1 … 49 50 51 … 100'],
];

for (const [given, expected] of rows) {
  test(`pageWindow(${given})`, () => {
    assert.equal(pageWindow(...given).join(' '), expected);
  });
}
