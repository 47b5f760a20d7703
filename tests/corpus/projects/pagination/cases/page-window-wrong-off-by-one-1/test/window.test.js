'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { pageWindow } = require('../src/window.js');

describe('pageWindow', () => {
  it('returns the example', () => {
    assert.deepEqual(pageWindow(6, 12), [1, '…', 4, 5, 6, 7, 8, '…', 12]);
  });

  it('handles a single page', () => {
    assert.deepEqual(pageWindow(1, 1), [1]);
  });

  it('handles the first page', () => {
    assert.deepEqual(pageWindow(1, 10), [1, 2, 3, '…', 10]);
  });

  it('handles the last page', () => {
    assert.deepEqual(pageWindow(10, 10), [1, '…', 8, 9, 10]);
  });

  it('shows all pages when there are few', () => {
    assert.deepEqual(pageWindow(2, 4), [1, 2, 3, 4]);
  });
});
