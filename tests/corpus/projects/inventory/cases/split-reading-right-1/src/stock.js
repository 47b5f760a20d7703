'use strict';

class UnknownArticle extends Error {
  constructor(article) {
    super(`there is no article ${article}`);
    this.name = 'UnknownArticle';
  }
}

/** What lies in the warehouse: pieces by article. */
class Stock {
  #pieces = new Map();

  /** Text of lines like `A-17 250`; blank lines and what follows a # are ignored. */
  static read(text) {
    // Here, as the two modules need each other.
    return require('./reading.js').readStock(text);
  }

  add(article, pieces) {
    this.#pieces.set(article, (this.#pieces.get(article) ?? 0) + pieces);
  }

  pieces(article) {
    if (!this.#pieces.has(article)) {
      throw new UnknownArticle(article);
    }
    return this.#pieces.get(article);
  }

  /** Takes pieces out; the caller has made sure that they are there. */
  remove(article, pieces) {
    this.#pieces.set(article, this.pieces(article) - pieces);
  }

  articles() {
    return [...this.#pieces.keys()].sort();
  }
}

module.exports = { Stock, UnknownArticle };
