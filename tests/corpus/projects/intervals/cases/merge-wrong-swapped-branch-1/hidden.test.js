import assert from 'node:assert/strict';
import { test } from 'node:test';

import { free, merge } from '../src/merge.js';

const of = (...pairs) => pairs.map(([start, end]) => ({ start, end }));
const plain = (intervals) => intervals.map(({ start, end }) => [start, end]);

const merged = [
  [[], []],
  [[[1, 2]], [[1, 2]]],
  [[[5, 6], [1, 2]], [[1, 2], [5, 6]]],
  [[[1, 3], [2, 4]], [[1, 4]]],
  [[[1, 3], [3, 4]], [[1, 4]]],
  [[[1, 9], [2, 3], [4, 5]], [[1, 9]]],
  [[[1, 9], [2, 3], [8, 11]], [[1, 11]]],
  [[[10, 12], [9, 10], [2, 3]], [[2, 3], [9, 12]]],
  [[[1, 2], [1, 5], [1, 3]], [[1, 5]]],
];
for (const [given, expected] of merged) {
  test(`merge ${JSON.stringify(given)}`, () => {
    const input = of(...given);
    const before = structuredClone(input);
    assert.deepEqual(plain(merge(input)), expected);
    assert.deepEqual(input, before);
  });
}

const frees = [
  [[], [0, 10], [[0, 10]]],
  [[[2, 3]], [0, 10], [[0, 2], [3, 10]]],
  [[[0, 3], [8, 10]], [0, 10], [[3, 8]]],
  [[[-5, 3], [8, 15]], [0, 10], [[3, 8]]],
  [[[-5, 15]], [0, 10], []],
  [[[6, 8], [2, 4]], [0, 10], [[0, 2], [4, 6], [8, 10]]],
  [[[20, 30], [-9, -3]], [0, 10], [[0, 10]]],
  [[[1, 9], [2, 3]], [0, 10], [[0, 1], [9, 10]]],
];
for (const [given, [start, end], expected] of frees) {
  test(`free of ${JSON.stringify(given)}`, () => {
    assert.deepEqual(plain(free(of(...given), { start, end })), expected);
  });
}
