'use strict';

class BadCursor extends Error {}

const encode = (id) => Buffer.from(JSON.stringify({ after: id })).toString('base64url');

const decode = (cursor) => {
  let data;
  try {
    data = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new BadCursor('malformed cursor');
  }
  if (data === null || typeof data !== 'object' || data.after === undefined) {
    throw new BadCursor('malformed cursor');
  }
  return data.after;
};

/**
 * Return the items after the given cursor.
 */
function after(items, cursor, size) {
  let start = 0;
  if (cursor !== null) {
    const id = decode(cursor);
    start = items.findIndex((item) => item.id === id) + 1;
  }
  const page = items.slice(start, start + size);
  const next = start + size < items.length ? encode(page.at(-1).id) : null;
  return { items: page, next };
}

module.exports = { after, BadCursor };
