import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { free, merge } from '../src/merge.js';

describe('merge', () => {
  it('returns an empty array for no intervals', () => {
    assert.deepEqual(merge([]), []);
  });

  it('merges overlapping intervals', () => {
    assert.deepEqual(merge([{ start: 1, end: 4 }, { start: 2, end: 6 }]), [{ start: 1, end: 6 }]);
  });

  it('keeps separate intervals and sorts them', () => {
    assert.deepEqual(merge([{ start: 8, end: 9 }, { start: 1, end: 2 }]), [
      { start: 1, end: 2 },
      { start: 8, end: 9 },
    ]);
  });

  it('merges nested intervals', () => {
    assert.deepEqual(merge([{ start: 1, end: 10 }, { start: 2, end: 3 }]), [{ start: 1, end: 10 }]);
  });

  it('keeps intervals that do not overlap', () => {
    const input = [{ start: 1, end: 3 }, { start: 3, end: 5 }];
    assert.deepEqual(merge(input), input);
  });

  it('does not modify its input', () => {
    const input = [{ start: 2, end: 6 }, { start: 1, end: 4 }];
    merge(input);
    assert.deepEqual(input, [{ start: 2, end: 6 }, { start: 1, end: 4 }]);
  });
});

describe('free', () => {
  it('returns the gaps', () => {
    assert.deepEqual(free([{ start: 2, end: 3 }, { start: 5, end: 6 }], { start: 0, end: 10 }), [
      { start: 0, end: 2 },
      { start: 3, end: 5 },
      { start: 6, end: 10 },
    ]);
  });

  it('returns nothing when everything is busy', () => {
    assert.deepEqual(free([{ start: 0, end: 10 }], { start: 0, end: 10 }), []);
  });
});
