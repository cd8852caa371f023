// The ties of one or two worlds, as far as the browser has been told. Each pair that is tied in either world has a slot.

export class TieBook {
  constructor(citizens) {
    this.citizens = citizens;
    this.slotOf = new Map(); // low * citizens + high -> slot
    this.size = 0; // slots in use or free
    this.free = [];
    this.emptied = []; // slots whose ties are gone; the painters have yet to take them off
    this.count = [0, 0]; // ties of each world
    this.low = new Uint32Array(0);
    this.high = new Uint32Array(0);
    this.kinds = [new Uint8Array(0), new Uint8Array(0)];
    this.worlds = new Uint8Array(0); // bit 0: tied in the left (or only) world, bit 1: in the right one
  }

  // Take in what a frame tells of one world. Returns the slots that changed, and ends of what was made and cut: [low, high, cause].
  take(side, { full, ends, kinds, goneEnds, causes }) {
    const news = { slots: [], made: [], cut: [] };
    const bit = 1 << side;
    if (full) this.replace(side, bit, ends, kinds, news);
    else {
      for (let k = 0; k < causes.length; k++) this.cut(side, bit, goneEnds[2 * k], goneEnds[2 * k + 1], causes[k], news);
      for (let k = 0; k < kinds.length; k++) this.tie(side, bit, ends[2 * k], ends[2 * k + 1], kinds[k], news);
    }
    return news;
  }

  // A full list: what it lacks is gone. Nothing of it is news to the eye.
  replace(side, bit, ends, kinds, news) {
    const kept = new Uint8Array(this.size + kinds.length);
    const quiet = { slots: news.slots, made: [], cut: [] };
    for (let k = 0; k < kinds.length; k++) kept[this.tie(side, bit, ends[2 * k], ends[2 * k + 1], kinds[k], quiet)] = 1;
    for (let slot = 0; slot < this.size; slot++) if (this.worlds[slot] & bit && !kept[slot]) this.drop(side, bit, slot, news);
  }

  tie(side, bit, low, high, kind, news) {
    const key = low * this.citizens + high;
    let slot = this.slotOf.get(key);
    if (slot === undefined) {
      slot = this.free.length ? this.free.pop() : this.grow();
      this.slotOf.set(key, slot);
      this.low[slot] = low;
      this.high[slot] = high;
      this.worlds[slot] = 0;
    } else if (this.worlds[slot] & bit && this.kinds[side][slot] === kind) return slot;
    if (!(this.worlds[slot] & bit)) {
      this.count[side]++;
      news.made.push([low, high]);
    }
    this.worlds[slot] |= bit;
    this.kinds[side][slot] = kind;
    news.slots.push(slot);
    return slot;
  }

  cut(side, bit, low, high, cause, news) {
    const slot = this.slotOf.get(low * this.citizens + high);
    if (slot === undefined || !(this.worlds[slot] & bit)) return;
    this.drop(side, bit, slot, news);
    news.cut.push([low, high, cause]);
  }

  drop(side, bit, slot, news) {
    this.worlds[slot] &= ~bit;
    this.count[side]--;
    news.slots.push(slot);
    if (!this.worlds[slot]) this.emptied.push(slot);
  }

  // Let slots be used again, once the painters have taken their ties off.
  sweep() {
    for (const slot of this.emptied) {
      const key = this.low[slot] * this.citizens + this.high[slot];
      if (this.worlds[slot] || this.slotOf.get(key) !== slot) continue; // tied again meanwhile, or freed already
      this.slotOf.delete(key);
      this.free.push(slot);
    }
    this.emptied = [];
  }

  grow() {
    if (this.size === this.low.length) {
      const room = Math.max(1024, 2 * this.size);
      this.low = longer(this.low, room);
      this.high = longer(this.high, room);
      this.kinds = this.kinds.map((kinds) => longer(kinds, room));
      this.worlds = longer(this.worlds, room);
    }
    return this.size++;
  }

  // The ties of one citizen in a world, as ends [low, high].
  of(citizen, side) {
    const found = [];
    for (let slot = 0; slot < this.size; slot++) {
      if (!(this.worlds[slot] & (1 << side))) continue;
      if (this.low[slot] === citizen || this.high[slot] === citizen) found.push([this.low[slot], this.high[slot]]);
    }
    return found;
  }

  // Which of three tints the tie of a slot has in a panel: its kind; in the panel of the difference, 0 if it is in the left world
  // only and 2 if in the right one only. -1: it is not drawn there.
  tint(slot, panel) {
    const worlds = this.worlds[slot];
    if (panel === DIFFERENCE) return ONLY[worlds] ?? -1;
    return worlds & (1 << panel) ? this.kinds[panel][slot] : -1;
  }
}

const ONLY = { 1: 0, 2: 2 }; // the tint of a tie that is in the left world alone, or in the right one

// Panels: a world's number, or this.
export const DIFFERENCE = 2;

export function longer(array, room) {
  const copy = new array.constructor(room);
  copy.set(array);
  return copy;
}

// Buffers come as views that may begin anywhere: copies begin at 0.
export const bytes = (view) => new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
export const floats = (array) => new Float32Array(array.buffer);
export const integers = (array) => new Uint32Array(array.buffer);
