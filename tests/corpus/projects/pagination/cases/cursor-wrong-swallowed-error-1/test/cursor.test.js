'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { after, BadCursor } = require('../src/cursor.js');

const items = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];

describe('after', () => {
  it('returns the first page', () => {
    const page = after(items, null, 2);
    assert.deepEqual(page.items, [{ id: 1 }, { id: 2 }]);
    assert.ok(page.next);
  });

  it('returns the second page', () => {
    const { next } = after(items, null, 2);
    assert.deepEqual(after(items, next, 2), { items: [{ id: 3 }, { id: 4 }], next: null });
  });

  it('throws for an unknown entry', () => {
    const { next } = after([{ id: 99 }, { id: 100 }], null, 1);
    assert.throws(() => after(items, next, 2), BadCursor);
  });

  it('does not crash on a malformed cursor', () => {
    assert.doesNotThrow(() => {
      try {
        after(items, '%%%', 2);
      } catch (error) {
        if (!(error instanceof BadCursor)) {
          throw error;
        }
      }
    });
  });
});
