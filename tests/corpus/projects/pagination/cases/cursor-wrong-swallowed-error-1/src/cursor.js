'use strict';

class BadCursor extends Error {
  constructor(message) {
    super(message);
    this.name = 'BadCursor';
  }
}

function encodeCursor(id) {
  return Buffer.from(JSON.stringify({ after: id })).toString('base64url');
}

function decodeCursor(cursor) {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')).after;
  } catch (error) {
    return undefined;
  }
}

/**
 * Return the items after the given cursor.
 */
function after(items, cursor, size) {
  let start = 0;
  const id = cursor === null ? undefined : decodeCursor(cursor);
  if (id !== undefined) {
    const index = items.findIndex((item) => item.id === id);
    if (index === -1) {
      throw new BadCursor(`unknown entry: ${id}`);
    }
    start = index + 1;
  }
  const page = items.slice(start, start + size);
  const hasMore = start + size < items.length;
  return { items: page, next: hasMore ? encodeCursor(page[page.length - 1].id) : null };
}

module.exports = { after, BadCursor };
