'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { pageWindow } = require('../src/window.js');

test('example from the story', () => {
  assert.deepEqual(pageWindow(6, 12), [1, '…', 4, 5, 6, 7, 8, '…', 12]);
});

test('single page', () => {
  assert.deepEqual(pageWindow(1, 1), [1]);
});

test('few pages', () => {
  assert.deepEqual(pageWindow(2, 3), [1, 2, 3]);
  assert.deepEqual(pageWindow(5, 5), [1, 2, 3, 4, 5]);
});

test('around', () => {
  assert.deepEqual(pageWindow(10, 20, 1), [1, '…', 9, 10, 11, '…', 20]);
});

test('first page is included', () => {
  assert.equal(pageWindow(1, 10)[0], 1);
  assert.ok(pageWindow(1, 10).includes(2));
});
