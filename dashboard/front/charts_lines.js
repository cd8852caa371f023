// A panel of lines. The ground (axes, bands, marks) and the ink (the lines) are painted on sheets of their own: while time passes, only
// the new ends of the lines are painted, and the rest is copied.

import { apart, lineColour, mixed, numeral, say, wordColour } from "./charts_page.js";
import { grown, steps } from "./charts_record.js";

const DOTS = 5.5; // pixels from one dot of a dotted line to the next
const WIDTHS = { plain: [1.5, 2.1], thin: [0.9, 1.15] }; // pixels of a line, the left one of two worlds first, where words have 12
const FADED = 0.28; // how much is left of lines that are recorded for later weeks
const [SINGLE, STACKED] = [1.16, 2.2]; // heights of a label of one line and of two, where words have 1

export class Lines {
  constructor(panel) {
    this.panel = panel;
    this.ground = new Sheet();
    this.ink = new Sheet();
    this.scanned = []; // ticks of each line that the axis has been fitted to
    this.inked = []; // ticks of each line that are painted
    this.isSpoilt = false; // what is painted is not so any more
  }

  // Hear of each frame, whether it is drawn or not.
  heed(record) {
    const isOther = this.world !== record.world;
    if (isOther) [this.world, this.scanned, this.banded] = [record.world, [], null];
    this.traces = record.traces(this.panel);
    this.scanned = this.traces.map((_, k) => Math.min(this.scanned[k] ?? 0, record.rewritten));
    this.isSpoilt ||= isOther || this.inked.some((ticks) => ticks > record.rewritten);
  }

  // Fit the axis to what is new.
  fit(record) {
    const { panel } = this;
    let range = record.ranges.get(panel.name) ?? [panel.low, panel.high];
    this.traces.forEach(({ at, have }, k) => {
      for (let tick = this.scanned[k]; tick < have; tick++) range = grown(range, at(tick), panel);
      this.scanned[k] = have;
    });
    if (this.banded !== record.version) {
      const edges = this.traces.flatMap(({ band }) => (band ? [band.low, band.high] : []));
      for (const edge of edges) for (const value of edge) range = grown(range, value, panel);
      this.banded = record.version;
    }
    record.ranges.set(panel.name, range);
    [this.low, this.high] = range;
  }

  // Paint it all. page: { theme, words, width, height, ratio }; tick: how many weeks are over at the cursor; pointed: whether it is shown.
  draw(pen, record, page, tick, pointed) {
    this.fit(record);
    const place = [page.theme.key, page.width, page.height, page.ratio, record.world, this.low, this.high].join();
    const isMoved = place !== this.drawnPlace || page.words !== this.words;
    if (isMoved) {
      [this.drawnPlace, this.words] = [place, page.words];
      this.measure(record, page);
    }
    if (isMoved || record.marks !== this.marks || record.bands !== this.bands) {
      [this.marks, this.bands] = [record.marks, record.bands];
      this.ground.clear(page);
      this.paintGround(this.ground.pen, record, page);
    }
    this.paintInk(record, page, isMoved);
    this.ground.copy(pen, 0, page.width);
    const now = this.x(record.tick);
    this.ink.copy(pen, 0, now + 2);
    if (record.tick < Math.max(...this.traces.map((trace) => trace.have))) this.ink.copy(pen, now + 2, page.width, FADED);
    if (pointed || record.tick < record.have) this.rule(pen, this.x(tick), page.theme.quiet);
    if (tick > 0) this.writeLabels(pen, record, page, tick);
  }

  measure(record, { theme, width, height }) {
    const { panel } = this;
    const { small } = theme;
    const pen = this.ground.pen;
    pen.font = `600 ${small}px ${theme.face}`;
    const wide = (text) => pen.measureText(text).width;
    this.names = panel.lines.length > 1 ? panel.lines.map((line) => say(this.words, line.words)) : panel.lines.map(() => "");
    const number = Math.max(...[this.low, this.high].map((value) => wide(numeral(value, panel.decimals, panel.kind === "difference"))));
    this.number = number;
    const name = Math.max(...this.names.map(wide));
    const numbers = name && record.isTwin && panel.kind !== "difference" ? 2 * number + 0.5 * small : number;
    this.top = 0.6 * small;
    this.down = Math.max(height - this.top - 1.7 * small, 20);
    // How many labels there is room for, one under the other: each of one line, or of two where that leaves more room for the lines.
    const fit = (each) => Math.floor((this.down + 0.9 * small) / (each * small));
    this.isStacked = name > 0 && name + numbers > 0.3 * width && fit(STACKED) >= panel.lines.length;
    this.most = fit(this.isStacked ? STACKED : SINGLE);
    this.room = this.isStacked ? Math.max(name, numbers) : name + numbers + (name && 0.5 * small);
    this.left = Math.max(...steps(this.low, this.high, 4).map((value) => wide(this.short(value)))) + 0.5 * small;
    this.across = Math.max(width - this.left - this.room - 1.5 * small, 30);
    this.ticks = record.scene.ticks;
  }

  x(ticks) {
    return this.left + (this.across * ticks) / this.ticks;
  }

  y(value) {
    return this.top + (this.down * (this.high - value)) / (this.high - this.low);
  }

  // How many weeks are over at a place across.
  tickAt(left) {
    return Math.max(0, Math.min(this.ticks, Math.round(((left - this.left) / this.across) * this.ticks)));
  }

  short(value) {
    const text = String(Number(value.toPrecision(6))).replace("-", "−");
    return this.panel.kind === "difference" && value > 0 ? `+${text}` : text;
  }

  // --- the ground ----------------------------------------------------------------------------------------------------------------

  paintGround(pen, record, { theme, words }) {
    const { panel } = this;
    const { burnIn, scheme, weeksPerYear } = record.scene;
    const bottom = this.top + this.down;
    if (scheme && burnIn < this.ticks) {
      pen.fillStyle = theme.shade;
      pen.fillRect(this.left, this.top, this.x(burnIn) - this.left, this.down);
    }
    if (panel.strip) {
      pen.fillStyle = mixed(theme.rule, theme.paper, 0.25);
      pen.fillRect(this.left, this.y(panel.strip), this.across, this.y(-panel.strip) - this.y(panel.strip));
    }
    pen.font = `400 ${theme.small}px ${theme.face}`;
    pen.fillStyle = theme.quiet;
    pen.textAlign = "right";
    const parts = Math.max(1, Math.min(4, Math.floor(this.down / (1.8 * theme.small))));
    for (const value of steps(this.low, this.high, parts)) {
      const isZero = Math.abs(value) < 1e-9;
      pen.fillText(this.short(value), this.left - 0.4 * theme.small, this.y(value) + 0.34 * theme.small);
      stroke(pen, isZero ? theme.ink : theme.rule, isZero ? 1.2 : 1, [this.left, this.y(value)], [this.left + this.across, this.y(value)]);
    }
    pen.textAlign = "center";
    for (const [year, text] of years(this.ticks, weeksPerYear, this.across, theme.small, words)) {
      pen.fillText(text, this.x(year * weeksPerYear), bottom + 1.35 * theme.small);
    }
    for (const { band, line, side } of this.traces) if (band) this.paintBand(pen, record, theme, band, line, side);
    for (const { tick, kind } of record.marks) {
      const isOurs = kind === "change" || kind === "edit";
      this.rule(pen, this.x(tick), isOurs ? theme.lever : mixed(theme.quiet, theme.paper, 0.55), isOurs ? [2, 3] : [1, 4]);
    }
    if (scheme && burnIn < this.ticks) this.rule(pen, this.x(burnIn), theme.ink);
  }

  // What background runs make of a line: a light band behind it, and a hair line for their median.
  paintBand(pen, record, theme, { low, median, high }, line, side) {
    const colour = lineColour(theme, line.colour, side, record.isTwin);
    const x = (k) => this.x(k * record.stride + 1);
    pen.fillStyle = pen.strokeStyle = colour;
    pen.globalAlpha = theme.dark ? 0.26 : 0.17;
    for (const [from, to] of stretches(high)) {
      pen.beginPath();
      for (let k = from; k < to; k++) pen.lineTo(x(k), this.y(high[k]));
      for (let k = to - 1; k >= from; k--) pen.lineTo(x(k), this.y(low[k]));
      pen.fill();
      pen.globalAlpha *= 2.4;
      pen.lineWidth = 1;
      pen.beginPath();
      for (let k = from; k < to; k++) pen.lineTo(x(k), this.y(median[k]));
      pen.stroke();
      pen.globalAlpha /= 2.4;
    }
    pen.globalAlpha = 1;
  }

  rule(pen, x, colour, dashes = []) {
    pen.setLineDash(dashes);
    stroke(pen, colour, 1, [x, this.top], [x, this.top + this.down]);
    pen.setLineDash([]);
  }

  // --- the lines -----------------------------------------------------------------------------------------------------------------

  paintInk(record, page, isMoved) {
    const isAnew = isMoved || this.isSpoilt || this.inked.length !== this.traces.length;
    if (isAnew) this.ink.clear(page);
    const { pen } = this.ink;
    pen.lineJoin = pen.lineCap = "round";
    this.traces.forEach((trace, k) => {
      const from = isAnew ? 0 : this.inked[k];
      if (from === trace.have) return;
      const left = record.isTwin && trace.side === "left";
      pen.strokeStyle = pen.fillStyle = lineColour(page.theme, trace.line.colour, trace.side, record.isTwin);
      pen.lineWidth = (page.theme.small / 12) * WIDTHS[trace.line.style === "thin" ? "thin" : "plain"][left ? 0 : 1];
      if (trace.line.style === "dotted") this.paintDots(pen, trace, from);
      else this.paintLine(pen, trace, from, page.ratio);
    });
    this.inked = this.traces.map((trace) => trace.have);
    this.isSpoilt = false;
  }

  paintLine(pen, { at, have }, from, ratio) {
    const crowd = this.ticks / (this.across * ratio); // ticks to a pixel
    pen.beginPath();
    let isGap = true;
    const visit = (tick, value) => {
      if (isGap) pen.moveTo(this.x(tick + 1), this.y(value));
      pen.lineTo(this.x(tick + 1), this.y(value));
      isGap = false;
    };
    const stride = Math.max(1, Math.floor(crowd));
    for (let tick = Math.max(0, from - 1); tick < have; tick += stride) {
      // Of the ticks that share a pixel, the lowest and the highest value: no peak is lost.
      let [low, high] = [Infinity, -Infinity];
      for (let one = tick; one < Math.min(tick + stride, have); one++) {
        const value = at(one);
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (low > high) isGap = true; // a share of nothing is not a number
      else visit(tick, low);
      if (low < high) visit(tick, high);
    }
    pen.stroke();
  }

  // Dots lie at the same places whatever was painted before.
  paintDots(pen, { at, have }, from) {
    const radius = pen.lineWidth * 0.62;
    for (let tick = from; tick < have; tick++) {
      const [before, here] = [this.x(tick), this.x(tick + 1)];
      if (Math.floor(before / DOTS) === Math.floor(here / DOTS) || Number.isNaN(at(tick))) continue;
      pen.beginPath();
      pen.arc(here, this.y(at(tick)), radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  // --- the labels at the ends of the lines ---------------------------------------------------------------------------------------

  // The values of each line once so many weeks are over: { line, name, values: by side }, those that are measured.
  valuesAt(tick) {
    return this.panel.lines.map((line, k) => {
      const traces = this.traces.filter((trace) => trace.line === line && tick > 0 && tick <= trace.have);
      const values = traces.map(({ side, at }) => ({ side, value: at(tick - 1) })).filter(({ value }) => !Number.isNaN(value));
      return { line, name: this.names?.[k] ?? "", values };
    });
  }

  // A label for each line, with the values of both worlds; a line that needs no name has one for each world. Where there is no room for
  // all, the finer lines go without.
  labelsAt(tick) {
    const measured = this.valuesAt(tick).filter(({ values }) => values.length);
    // Until the worlds part, there is one value to tell.
    for (const label of measured) if (label.values.length > 1 && label.values[0].value === label.values[1].value) label.values.shift();
    const labels = measured.flatMap((label) => (label.name ? [label] : label.values.map((value) => ({ ...label, values: [value] }))));
    while (labels.length > Math.max(this.most, 1)) labels.splice(Math.max(labels.findIndex(({ line }) => line.style !== "solid"), 0), 1);
    return labels.map(({ line, name, values }) => ({ line, name, values, y: this.y(values.at(-1).value) })).toSorted((a, b) => a.y - b.y);
  }

  writeLabels(pen, record, { theme }, tick) {
    const { small } = theme;
    const shown = this.labelsAt(tick);
    const half = ((this.isStacked ? STACKED : SINGLE) / 2) * small;
    const places = apart(shown.map(({ y }) => y), 2 * half, this.top + half - 0.5 * small, this.top + this.down + 0.4 * small - half);
    const head = this.x(tick);
    for (const { line, values } of shown) {
      for (const { side, value } of values) this.dot(pen, head, this.y(value), lineColour(theme, line.colour, side, record.isTwin), small);
    }
    shown.forEach(({ line, name, values, y }, k) => {
      stroke(pen, mixed(theme[line.colour], theme.paper, 0.4), 1, [head + 0.3 * small, y], [head + 0.75 * small, places[k]]);
      this.writeLabel(pen, theme, { line, name, values }, head + 0.95 * small, places[k], record.isTwin);
    });
  }

  writeLabel(pen, theme, { line, name, values }, left, middle, isTwin) {
    const { small } = theme;
    const strong = wordColour(theme, line.colour);
    const base = middle + 0.34 * small;
    const rows = this.isStacked && name ? [base - 0.54 * small, base + 0.54 * small] : [base, base];
    const words = [];
    let from = left;
    if (name) {
      pen.font = `600 ${small}px ${theme.face}`;
      words.push({ text: name, weight: 600, colour: strong, from, base: rows[0], wide: pen.measureText(name).width });
      if (!this.isStacked) from += words[0].wide + 0.5 * small;
    }
    for (const { side, value } of values) {
      const isLeft = isTwin && side === "left";
      const text = numeral(value, this.panel.decimals, side === "difference");
      words.push({ text, weight: isLeft ? 400 : 600, colour: isLeft ? theme.quiet : strong, from, base: rows[1], wide: this.number });
      from += this.number + 0.5 * small;
    }
    write(pen, theme, words);
  }

  dot(pen, x, y, colour, small) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, 0.22 * small, 0, 2 * Math.PI);
    pen.fill();
  }
}

// A canvas that is not shown, with a pen that measures in the page's pixels.
export class Sheet {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d");
  }

  clear({ width, height, ratio }) {
    this.ratio = ratio;
    [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  // Copy what lies between two places across.
  copy(pen, from, to, alpha = 1) {
    const [start, end] = [from, to].map((place) => Math.max(0, Math.min(this.canvas.width, Math.round(place * this.ratio))));
    if (end <= start) return;
    const { height } = this.canvas;
    pen.globalAlpha = alpha;
    pen.drawImage(this.canvas, start, 0, end - start, height, start / this.ratio, 0, (end - start) / this.ratio, height / this.ratio);
    pen.globalAlpha = 1;
  }
}

export function stroke(pen, colour, width, from, to) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

// Words on a ground of paper, so that the lines behind do not cross them: [{ text, weight, colour, from, base, wide }].
export function write(pen, theme, words) {
  const { small } = theme;
  pen.globalAlpha = 0.86;
  pen.fillStyle = theme.paper;
  for (const { from, base, wide } of words) pen.fillRect(from - 0.2 * small, base - 0.82 * small, wide + 0.5 * small, 1.06 * small);
  pen.globalAlpha = 1;
  pen.textAlign = "left";
  for (const { text, weight, colour, from, base } of words) {
    pen.font = `${weight} ${small}px ${theme.face}`;
    pen.fillStyle = colour;
    pen.fillText(text, from, base);
  }
}

// Where whole years are written on an axis, or the last week of a run of less than one: [year, text].
function years(ticks, weeksPerYear, across, small, words) {
  const count = ticks / weeksPerYear;
  if (count < 1) return [[0, "0"], [count, say(words, "charts.last", { week: ticks })]];
  const room = across / Math.max(count, 1);
  const every = [1, 2, 5, 10, 20, 50, 100].find((step) => step * room > 2.6 * small) ?? 200;
  const found = [];
  for (let year = 0; year <= count; year += every) found.push([year, year ? String(year) : "0"]);
  if (across > 20 * small) found.at(-1)[1] = say(words, "charts.year", { year: found.at(-1)[0] });
  return found;
}

// The stretches of numbers in a row of values: [from, to).
function stretches(values) {
  const found = [];
  let from = 0;
  for (let k = 0; k <= values.length; k++) {
    if (k < values.length && !Number.isNaN(values[k])) continue;
    if (k > from) found.push([from, k]);
    from = k + 1;
  }
  return found;
}
