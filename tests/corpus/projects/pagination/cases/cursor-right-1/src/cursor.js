'use strict';

class BadCursor extends Error {
  constructor(cursor, options) {
    super(`not a cursor: ${cursor}`, options);
    this.name = 'BadCursor';
  }
}

function encode(id) {
  return Buffer.from(JSON.stringify({ after: id })).toString('base64url');
}

function decode(cursor) {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))?.after;
  } catch (cause) {
    throw new BadCursor(cursor, { cause });
  }
}

/**
 * The items after a cursor, and the cursor for those after them.
 *
 * @template {{id: string | number}} T
 * @param {T[]} items
 * @param {string | null} cursor
 * @param {number} size
 * @returns {{items: T[], next: string | null}}
 * @throws {BadCursor}
 */
function after(items, cursor, size) {
  let start = 0;
  if (cursor !== null) {
    const id = decode(cursor);
    start = items.findIndex((item) => item.id === id) + 1;
    if (start === 0) {
      throw new BadCursor(cursor);
    }
  }
  const page = items.slice(start, start + size);
  const more = start + size < items.length;
  return { items: page, next: more ? encode(page.at(-1).id) : null };
}

module.exports = { after, BadCursor };
