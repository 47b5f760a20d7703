import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { interval } from '../src/interval.js';
import { free, merge } from '../src/merge.js';

/** '1-3 5-9' to intervals and back. */
const read = (text) => text.split(' ').filter(Boolean).map((part) => interval(...part.split('-').map(Number)));
const write = (intervals) => intervals.map(({ start, end }) => `${start}-${end}`).join(' ');

describe('merge', () => {
  for (const [given, expected] of [
    ['', ''],
    ['3-5', '3-5'],
    ['6-7 3-5', '3-5 6-7'],
    ['3-5 4-7', '3-7'],
    ['3-5 5-7', '3-7'],
    ['3-9 4-5 6-7', '3-9'],
    ['3-9 4-5 8-11', '3-11'],
    ['1-2 2-3 3-4 5-6', '1-4 5-6'],
    ['2-3 2-9 2-4', '2-9'],
    ['10-11 9-10', '9-11'],
  ]) {
    it(`makes '${expected}' of '${given}'`, () => {
      assert.equal(write(merge(read(given))), expected);
    });
  }

  it('leaves what it is given alone', () => {
    const given = read('5-7 3-6');
    merge(given);
    assert.deepEqual(given, read('5-7 3-6'));
  });
});

describe('free', () => {
  for (const [busy, expected] of [
    ['', '10-20'],
    ['12-13', '10-12 13-20'],
    ['10-12', '12-20'],
    ['18-20', '10-18'],
    ['5-12 18-25', '12-18'],
    ['5-25', ''],
    ['10-20', ''],
    ['1-5 30-31', '10-20'],
    ['1-10 20-31', '10-20'],
    ['17-18 12-13', '10-12 13-17 18-20'],
    ['12-16 13-14', '10-12 16-20'],
  ]) {
    it(`is '${expected}' where '${busy}' is busy`, () => {
      assert.equal(write(free(read(busy), interval(10, 20))), expected);
    });
  }
});
