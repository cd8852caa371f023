// A live line chart. Python sends frames (a header and the values of new ticks); each is acknowledged once it is drawn, and
// only then does the next one come. The labels stand at the ends of the lines.

const SVG = "http://www.w3.org/2000/svg";
const NOTE_ROWS = 2; // rows above the plot for what happened
const SILENCE = 2000; // milliseconds without news after which the browser asks for it

const HTML = `
  <p class="clock"><strong></strong> <span class="quiet"></span></p>
  <p class="reading quiet"></p>
  <div class="plot"><svg role="img" aria-label="Trust over time"></svg></div>`;

function render({ model, el }) {
  el.classList.add("chart");
  el.innerHTML = HTML;
  el.querySelector(".reading").textContent = model.get("caption");
  const chart = new Chart(el, model.get("curves"));
  let heard = performance.now();
  const look = () => model.send({ do: "look", world: chart.world, have: chart.have });

  model.on("msg:custom", (header, buffers) => {
    heard = performance.now();
    const complete = chart.take(header, numbers(buffers[0]));
    const seen = () => (complete ? model.send({ do: "seen", number: header.number }) : look());
    if (document.hidden) seen(); // nothing is drawn in a hidden page, but time goes on
    else requestAnimationFrame(() => (chart.draw(), seen()));
  });
  // After a broken connection a frame may be lost: ask, when something should have come.
  const watch = setInterval(() => {
    if (chart.isMoving() && performance.now() - heard > SILENCE) look();
  }, SILENCE);
  const resized = new ResizeObserver(() => chart.draw());
  resized.observe(el.querySelector(".plot"));
  look();
  return () => {
    clearInterval(watch);
    resized.disconnect();
  };
}

function numbers(view) {
  const from = view.byteOffset;
  return new Float64Array(view.buffer.slice(from, from + view.byteLength));
}

class Chart {
  constructor(el, curves) {
    this.el = el;
    this.curves = curves;
    this.svg = el.querySelector("svg");
    this.pen = document.createElement("canvas").getContext("2d"); // measures text
    this.world = 0;
    this.header = null;
    this.values = curves.map(() => []);
    this.pointed = null; // the tick under the pointer
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.point(null));
  }

  get have() {
    return this.values[0].length;
  }

  isMoving() {
    return !this.header || this.header.state === "playing";
  }

  // Take a frame in; false if ticks are missing before it.
  take(header, values) {
    if (header.world === this.world && header.start > this.have) return false;
    if (header.world !== this.world && header.start > 0) return false;
    this.world = header.world;
    this.header = header;
    const count = this.curves.length;
    this.values.forEach((series, k) => {
      series.length = header.start;
      for (let i = k; i < values.length; i += count) series.push(values[i]);
    });
    return true;
  }

  // While time stands still, the pointer shows an earlier week.
  point(event) {
    if (!this.header || this.header.state === "playing") return;
    const before = this.pointed;
    this.pointed = null;
    if (event) {
      const box = this.svg.getBoundingClientRect();
      const tick = Math.round(((event.clientX - box.left - this.left) / this.across) * this.header.ticks) - 1;
      if (tick >= 0 && tick < this.have) this.pointed = tick;
    }
    if (this.pointed !== before) this.draw();
  }

  // --- drawing -----------------------------------------------------------------------------------------------------------------

  draw() {
    if (!this.header) return;
    this.measure();
    if (this.header.state === "playing") this.pointed = null; // whoever plays sees the present
    const tick = this.pointed ?? this.have - 1;
    this.parts = [];
    this.drawAxes();
    this.drawMarks();
    this.curves.forEach((curve, k) => this.drawLine(curve, this.values[k]));
    if (this.pointed !== null) this.line("pointed", this.x(tick + 1), this.top, this.x(tick + 1), this.top + this.down);
    if (tick >= 0) this.drawLabels(tick);
    this.svg.replaceChildren(...this.parts);
    this.tellTime(tick);
  }

  measure() {
    const box = this.svg.parentElement.getBoundingClientRect();
    const style = getComputedStyle(this.svg);
    this.size = parseFloat(style.fontSize);
    this.narrow = box.width < 36 * this.size;
    this.pen.font = `600 ${this.size}px ${style.fontFamily}`;
    const widest = Math.max(...this.curves.map((curve) => this.wide(`${this.name(curve)} 0.00`)));
    this.left = 2.2 * this.size;
    this.right = box.width;
    this.top = (NOTE_ROWS * 1.3 + 0.4) * this.size;
    this.across = Math.max(box.width - this.left - widest - 2 * this.size, 50);
    this.down = Math.max(box.height - this.top - 2 * this.size, 50);
    this.svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  }

  wide(text) {
    return this.pen.measureText(text).width;
  }

  name(curve) {
    return this.narrow ? curve.short : curve.label;
  }

  x(ticks) {
    return this.left + (this.across * ticks) / this.header.ticks;
  }

  y(value) {
    return this.top + this.down * (1 - value);
  }

  drawAxes() {
    for (const value of [0, 0.25, 0.5, 0.75, 1]) {
      this.line(value ? "grid" : "axis", this.left, this.y(value), this.left + this.across, this.y(value));
      this.text("tick end", this.left - 0.5 * this.size, this.y(value) + 0.35 * this.size, String(value).replace("0.", "."));
    }
    const { ticks, weeksPerYear } = this.header;
    const years = ticks / weeksPerYear;
    const room = this.across / Math.max(years, 1);
    const every = [1, 2, 5, 10, 20, 50, 100, 500, 2000].find((step) => step * room > 3 * this.size) ?? 2000;
    for (let year = 0; year <= years; year += every) {
      const words = year ? String(year) : "year 0";
      this.text("tick middle", this.x(year * weeksPerYear), this.top + this.down + 1.5 * this.size, words);
    }
  }

  // The start of the scheme and each change of a lever: a line through the plot, and its words above where there is room.
  drawMarks() {
    const { scheme, burnIn, ticks, marks } = this.header;
    const notes = marks.map((mark) => ({ ...mark, kind: "change" }));
    if (scheme && burnIn < ticks) {
      this.add("rect", "before", { x: this.left, y: this.top, width: this.x(burnIn) - this.left, height: this.down });
      notes.push({ tick: burnIn, text: `${scheme} starts`, kind: "start" });
    }
    const ends = Array(NOTE_ROWS).fill(0); // where the words of each row end
    for (const { tick, text, kind } of notes.sort((a, b) => a.tick - b.tick)) {
      const at = this.x(tick);
      const from = Math.max(0, Math.min(at, this.right - this.wide(text)));
      // The highest row from which the line down crosses no words.
      const row = ends.findLastIndex((_, row) => ends.slice(0, row + 1).every((end) => end <= from));
      const high = row < 0 ? this.top : this.top - (row + 1) * 1.3 * this.size;
      this.line(`mark ${kind}`, at, high, at, this.top + this.down);
      if (row < 0) continue;
      this.text(`note ${kind}`, from + (from === at ? 0.35 * this.size : 0), high + this.size, text);
      ends[row] = from + this.wide(text) + this.size;
    }
  }

  drawLine(curve, series) {
    const stride = Math.max(1, Math.floor(series.length / (2 * this.across))); // no more points than pixels
    let path = "";
    let go = "M";
    for (let i = 0; i < series.length; i += stride) {
      const measured = !Number.isNaN(series[i]); // a share of nothing is not a number, and leaves a gap
      if (measured) path += `${go}${this.x(i + 1).toFixed(1)} ${this.y(series[i]).toFixed(1)}`;
      go = measured ? "L" : "M";
    }
    if (path) this.add("path", `curve ${curve.style}`, { d: path, stroke: curve.colour });
  }

  // The labels at the ends of the lines, moved apart so that none covers another, with the values of a tick.
  drawLabels(tick) {
    const head = this.x(this.have);
    const gap = 1.35 * this.size;
    const labels = this.curves.map((curve, k) => ({ curve, value: this.values[k][tick], y: this.y(this.values[k].at(-1)) }));
    const shown = labels.filter((label) => !Number.isNaN(label.value) && !Number.isNaN(label.y)).sort((a, b) => a.y - b.y);
    const places = apart(shown.map((label) => label.y), gap, this.top + this.down);
    shown.forEach(({ curve, value, y }, k) => {
      this.add("circle", "dot", { cx: this.x(tick + 1), cy: this.y(value), r: 0.22 * this.size, fill: curve.colour });
      this.add("path", "leader", { d: `M${head + 4} ${y}L${head + 0.9 * this.size} ${places[k]}`, stroke: curve.colour });
      const words = this.text("label", head + 1.1 * this.size, places[k] + 0.35 * this.size, "");
      words.style.fill = `color-mix(in srgb, ${curve.colour} 82%, black)`; // darker, for contrast
      words.dataset.curve = curve.name;
      words.dataset.value = value;
      words.textContent = `${this.name(curve)} ${value.toFixed(2)}`;
    });
  }

  tellTime(tick) {
    const { weeksPerYear, burnIn, scheme, state } = this.header;
    const [time, rest] = this.el.querySelectorAll(".clock > *");
    const before = scheme && tick < burnIn;
    const [year, week] = [Math.floor(tick / weeksPerYear) + 1, (tick % weeksPerYear) + 1];
    time.textContent = tick < 0 ? "Before the first week" : `Year ${year}, week ${week}`;
    rest.textContent = !scheme ? "no scheme" : before ? "no scheme yet" : `under ${scheme}`;
    Object.assign(this.el.dataset, { tick: this.have, world: this.world, state });
  }

  // --- elements ----------------------------------------------------------------------------------------------------------------

  add(tag, kind, attributes) {
    const part = document.createElementNS(SVG, tag);
    part.setAttribute("class", kind);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    this.parts.push(part);
    return part;
  }

  line(kind, x1, y1, x2, y2) {
    this.add("line", kind, { x1, y1, x2, y2 });
  }

  text(kind, x, y, words) {
    const part = this.add("text", kind, { x, y });
    part.textContent = words;
    return part;
  }
}

// Sorted places at least `gap` apart and not above `high`, as near to the wished ones as one sweep down and one up gets them.
function apart(wished, gap, high) {
  const places = [...wished];
  for (let k = 1; k < places.length; k++) places[k] = Math.max(places[k], places[k - 1] + gap);
  let limit = high;
  for (let k = places.length - 1; k >= 0; k--) {
    places[k] = Math.min(places[k], limit);
    limit = places[k] - gap;
  }
  return places;
}

export default { render };
