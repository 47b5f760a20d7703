'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { after, BadCursor } = require('../src/cursor.js');

const items = ['d', 'a', 'c', 'b', 'e'].map((id) => ({ id }));
const cursorOf = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('after', () => {
  it('starts at the beginning', () => {
    assert.deepEqual(after(items, null, 2), {
      items: [{ id: 'd' }, { id: 'a' }],
      next: cursorOf({ after: 'a' }),
    });
  });

  it('goes on where it was', () => {
    assert.deepEqual(after(items, cursorOf({ after: 'a' }), 2), {
      items: [{ id: 'c' }, { id: 'b' }],
      next: cursorOf({ after: 'b' }),
    });
  });

  it('ends with the last item', () => {
    const end = { items: [{ id: 'b' }, { id: 'e' }], next: null };
    assert.deepEqual(after(items, cursorOf({ after: 'c' }), 2), end);
    assert.deepEqual(after(items, cursorOf({ after: 'c' }), 99), end);
    assert.deepEqual(after(items, cursorOf({ after: 'e' }), 2), { items: [], next: null });
    assert.deepEqual(after([], null, 2), { items: [], next: null });
  });

  for (const [what, cursor] of [
    ['no JSON', Buffer.from('hello').toString('base64url')],
    ['nothing', ''],
    ['another thing', cursorOf('a')],
    ['null', cursorOf(null)],
    ['another object', cursorOf({ before: 'a' })],
    ['an entry that is gone', cursorOf({ after: 'z' })],
  ]) {
    it(`refuses a cursor that is ${what}`, () => {
      assert.throws(() => after(items, cursor, 2), BadCursor);
    });
  }

  it('names the cursor in its error', () => {
    assert.throws(() => after(items, '???', 2), { name: 'BadCursor', message: 'not a cursor: ???' });
  });
});
