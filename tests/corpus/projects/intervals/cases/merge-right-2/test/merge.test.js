import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contains } from '../src/interval.js';
import { free, merge } from '../src/merge.js';

const numbers = Array.from({ length: 14 }, (_, index) => index);
const covered = (intervals) => numbers.filter((n) => intervals.some((one) => contains(one, n)));

/** All intervals from 1 to 6 with a step, so that pairs and triples overlap, touch and nest. */
const some = [];
for (let start = 1; start < 9; start += 2) {
  for (const length of [1, 2, 5]) {
    some.push({ start, end: start + length });
  }
}

test('merged intervals cover the same, in order, and apart', () => {
  for (const a of some) {
    for (const b of some) {
      for (const c of some) {
        const merged = merge([a, b, c]);
        assert.deepEqual(covered(merged), covered([a, b, c]));
        merged.slice(1).forEach((one, index) => assert.ok(one.start > merged[index].end));
      }
    }
  }
});

test('free and busy together are everything, and share nothing', () => {
  const within = { start: 2, end: 10 };
  for (const a of some) {
    for (const b of some) {
      const gaps = free([a, b], within);
      const expected = numbers.filter((n) => contains(within, n) && !contains(a, n) && !contains(b, n));
      assert.deepEqual(covered(gaps), expected);
      assert.ok(gaps.every(({ start, end }) => start < end));
      assert.deepEqual(merge(gaps), gaps);
    }
  }
});

test('examples', () => {
  assert.deepEqual(merge([]), []);
  assert.deepEqual(merge([{ start: 4, end: 6 }, { start: 1, end: 4 }]), [{ start: 1, end: 6 }]);
  assert.deepEqual(free([], { start: 0, end: 1 }), [{ start: 0, end: 1 }]);
});

test('the input stays as it was', () => {
  const given = Object.freeze([Object.freeze({ start: 4, end: 6 }), Object.freeze({ start: 1, end: 5 })]);
  assert.equal(merge(given).length, 1);
  assert.equal(given[0].start, 4);
});
