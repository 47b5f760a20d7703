import assert from 'node:assert/strict';
import { test } from 'node:test';

import { free, merge } from '../src/merge.js';

const of = (...pairs) => pairs.map(([start, end]) => ({ start, end }));

test('merge nothing', () => {
  assert.deepEqual(merge([]), []);
});

test('merge overlapping', () => {
  assert.deepEqual(merge(of([1, 4], [3, 6])), of([1, 6]));
});

test('merge touching', () => {
  assert.deepEqual(merge(of([1, 3], [3, 6])), of([1, 6]));
});

test('merge unsorted', () => {
  assert.deepEqual(merge(of([7, 8], [1, 2])), of([1, 2], [7, 8]));
});

test('merge nested', () => {
  const merged = merge(of([1, 10], [3, 6]));
  assert.equal(merged.length, 1);
  assert.equal(merged[0].start, 1);
});

test('input is not changed', () => {
  const input = of([1, 4], [3, 6]);
  merge(input);
  assert.deepEqual(input, of([1, 4], [3, 6]));
});

test('free', () => {
  assert.deepEqual(free(of([2, 4]), { start: 0, end: 8 }), of([0, 2], [4, 8]));
  assert.deepEqual(free([], { start: 0, end: 8 }), of([0, 8]));
  assert.deepEqual(free(of([0, 8]), { start: 0, end: 8 }), []);
});
