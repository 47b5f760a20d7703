import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isName } from '../src/names.js';

test('names', () => {
  assert.deepEqual(['A', 'PORT_2', 'X9'].map(isName), [true, true, true]);
  assert.deepEqual(['', 'a', '9A', '_A', 'A-B', 'A '].map(isName), [false, false, false, false, false, false]);
});
