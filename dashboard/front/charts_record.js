// What the browser has been told: the recorded quantities of each world, bands, marks and scores.

export const SIDES = ["left", "right"];

export class Record {
  constructor() {
    this.world = 0;
    this.number = 0; // of the last frame taken in
    this.scene = null;
  }

  // Take a frame in; false if it builds on one that is lacking.
  take(header, buffers) {
    if (header.base && (header.world !== this.world || header.base !== this.number)) return false;
    if (header.scene) this.begin(header);
    const parts = buffers.map(numbers);
    this.rewritten = Infinity; // the first tick whose values were known, and are others now
    this.sides.forEach((side, k) => this.extend(side, header.starts[k], parts.shift()));
    if ("marks" in header) this.marks = header.marks.map(([tick, kind, side]) => ({ tick, kind, side }));
    if ("bands" in header) this.takeBands(header.bands, parts.shift());
    this.scores = header.scores.map((known) => (known ? parts.shift() : null));
    Object.assign(this, { number: header.number, tick: header.tick, state: header.state });
    return true;
  }

  begin({ scene, world }) {
    const same = world === this.world;
    this.world = world;
    this.scene = scene;
    this.sides = Array.from({ length: scene.sides }, () => ({
      have: 0,
      columns: new Map(scene.quantities.map((name) => [name, new Float32Array(scene.ticks)])),
    }));
    this.marks = [];
    this.scores = [];
    this.takeBands(null);
    if (!same) this.ranges = new Map(); // panel -> what its axis shows; it never shrinks
  }

  extend(side, start, values) {
    const columns = [...side.columns.values()];
    const count = values.length / columns.length;
    if (start < side.have) this.rewritten = Math.min(this.rewritten, start);
    columns.forEach((column, k) => {
      for (let i = 0; i < count; i++) column[start + i] = values[i * columns.length + k];
    });
    side.have = start + count;
  }

  takeBands(told, values) {
    this.bands = new Map(); // quantity and side -> { low, median, high }
    this.stride = told?.stride ?? 1;
    this.runs = told?.runs ?? 0;
    this.version = told?.version ?? null;
    const points = told?.keys.length ? values.length / told.keys.length / 3 : 0;
    told?.keys.forEach(([name, side], k) => {
      const [low, median, high] = [0, 1, 2].map((part) => values.subarray((3 * k + part) * points, (3 * k + part + 1) * points));
      this.bands.set(`${name} ${side}`, { low, median, high });
    });
  }

  get isTwin() {
    return this.sides.length > 1;
  }

  // How many ticks of every side are recorded.
  get have() {
    return Math.min(...this.sides.map((side) => side.have));
  }

  // The lines of a panel, the lighter first: { line, side, at: the value of a tick, have, band }. A difference has none as long as there
  // is one world: of two worlds the page hears before their first frame.
  traces(panel) {
    if (panel.kind === "difference" && !this.isTwin) return [];
    if (panel.kind === "difference") {
      return panel.lines.map((line) => {
        const [left, right] = this.sides.map((side) => side.columns.get(line.quantity));
        const band = this.bands.get(`${line.quantity} difference`);
        return { line, side: "difference", at: (tick) => right[tick] - left[tick], have: this.have, band };
      });
    }
    return this.sides.flatMap(({ columns, have }, k) =>
      panel.lines.map((line) => {
        const column = columns.get(line.quantity);
        return { line, side: SIDES[k], at: (tick) => column[tick], have, band: this.bands.get(`${line.quantity} ${SIDES[k]}`) };
      }),
    );
  }
}

function numbers(view) {
  const from = view.byteOffset;
  return new Float32Array(view.buffer.slice(from, from + view.byteLength));
}

// --- ranges of axes -------------------------------------------------------------------------------------------------------------

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

// The least round number that is no less than a number above 0.
export function roundUp(value, digits = ROUND) {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return digits.map((digit) => digit * power).find((step) => step >= value * (1 - 1e-9));
}

// What an axis shows once it has shown low to high and has to show a value: it grows to round numbers, within what is possible.
export function grown([low, high], value, { kind, least, most }) {
  if (!Number.isFinite(value) || (value >= low && value <= high)) return [low, high];
  const reach = Math.sign(value) * roundUp(Math.abs(value));
  if (kind === "difference") return [-Math.min(Math.abs(reach), most), Math.min(Math.abs(reach), most)];
  return value > high ? [low, Math.min(reach, most ?? Infinity)] : [Math.max(reach, least ?? -Infinity), high];
}

// Few round numbers from low to high, at most so many parts.
export function steps(low, high, parts) {
  const step = roundUp((high - low) / parts, [1, 2, 5, 10]);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-6; k++) found.push(k * step);
  return found;
}
