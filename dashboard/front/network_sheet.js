// Which ties of a panel are counted, and what comes next.

import { DIFFERENCE, longer } from "./network_ties.js";

// A tie counts the more the shorter it is, so that circles stand out: weights, and up to which length each, in citizens side by side.
export const WEIGHTS = [8, 3, 1];
const LENGTHS = [7, 25, Infinity];

export class Sheet {
  constructor(panel, position, citizens, spacing) {
    Object.assign(this, { panel, position, citizens, spacing, stale: true });
    this.shown = new Int8Array(0); // for each slot 1 + the tint that is counted, 0: none
    this.begin();
  }

  // Nothing is counted yet. share: of the long ties, how many are to be.
  begin(share = 1) {
    this.stale = false;
    this.share = share;
    this.gone = 0; // ties taken off
    this.shown.fill(0);
    this.cursor = 0;
    this.size = 0; // of the book in whose order they are counted
    this.isWhole = false;
    this.sums = [0, 0, 0]; // of all ties counted, by tint, times their weight, in sides of the unit square
    this.added = [];
    this.taken = [];
  }

  change(book, slots) {
    if (this.stale) return;
    if (slots.length > 0.5 * book.size) this.stale = true; // to begin anew is less
    else for (const slot of slots) this.update(book, slot);
    if (this.gone > 0.5 * book.size) this.stale = true; // where bytes ended, taking off leaves too little
  }

  update(book, slot) {
    if (slot >= this.shown.length) this.shown = longer(this.shown, book.low.length);
    const tint = this.isShown(book, slot) ? book.tint(slot, this.panel) : -1;
    const before = this.shown[slot] - 1;
    if (tint === before) return;
    if (before >= 0) this.put(this.taken, book, slot, before, -1);
    if (tint >= 0) this.put(this.added, book, slot, tint, 1);
    this.shown[slot] = tint + 1;
  }

  // Whether a tie is among those drawn: all short ones are, and of the long ones an arbitrary share.
  isShown(book, slot) {
    const [low, high] = [book.low[slot], book.high[slot]];
    if (this.share >= 1 || this.weight(low, high) < LENGTHS.length - 1) return true;
    const lot = Math.imul(Math.imul(low + 1, 0x9e3779b1) ^ (high + 1), 0x85ebca6b) >>> 0;
    return (lot ^ (lot >>> 15)) >>> 0 < this.share * 2 ** 32;
  }

  length(low, high) {
    const p = this.position;
    return Math.hypot(p[2 * low] - p[2 * high], p[2 * low + 1] - p[2 * high + 1]);
  }

  weight(low, high) {
    return this.panel === DIFFERENCE ? LENGTHS.length - 1 : LENGTHS.findIndex((most) => this.length(low, high) <= most * this.spacing);
  }

  put(list, book, slot, tint, sign) {
    const [low, high] = [book.low[slot], book.high[slot]];
    const weight = this.weight(low, high);
    const offset = (3 * weight + tint) * this.citizens;
    list.push(low + offset, high + offset);
    this.sums[tint] += sign * this.length(low, high) * WEIGHTS[weight];
    if (sign < 0) this.gone++;
  }

  // Return what to take off and to add, of those not counted yet at most `budget`, and whether all are counted then. The order is
  // scattered, so that a part of the ties looks like all of them.
  work(book, budget) {
    if (this.size !== book.size && !this.isWhole) [this.size, this.cursor] = [book.size, 0]; // another order: begin it again
    const stride = coprime(book.size);
    const most = this.added.length + 2 * budget;
    for (; !this.isWhole && this.added.length < most; this.cursor++) {
      if (this.cursor >= book.size) this.isWhole = true;
      else this.update(book, (this.cursor * stride) % book.size);
    }
    const found = { taken: new Uint32Array(this.taken), added: new Uint32Array(this.added), whole: this.isWhole };
    this.taken = [];
    this.added = [];
    return found;
  }
}

function coprime(size) {
  const common = (a, b) => (b ? common(b, a % b) : a);
  let stride = Math.max(1, Math.floor(0.618 * size));
  if (size === 0) return stride;
  while (common(stride, size) !== 1) stride++;
  return stride;
}
