// The axis of time: from week 0 to the end, with what is simulated already filled, what happened above it, and the controls that move
// along it. Space plays and pauses and the arrows step wherever the focus is, unless a control needs the key itself.

const SVG = "http://www.w3.org/2000/svg";
const ROWS = 3; // rows above the axis for what happened, where the page (--timeline-rows) does not say otherwise
const WEIGHTS = { introduced: 4, withdrawn: 4, abandoned: 4, change: 3, edit: 2, scandal: 1 };
const PACE = 60; // milliseconds between two weeks that are dragged over
const PATIENCE = 1500; // milliseconds after which a week that was asked for is not waited for any more

const HTML = `
  <div class="timeline-bar">
    <div class="timeline-buttons">
      <button type="button" class="to-start"></button><button type="button" class="back"></button>
      <button type="button" class="play"></button><button type="button" class="step"></button>
    </div>
    <p class="timeline-week" aria-live="off"></p>
    <fieldset class="timeline-speed"><legend></legend></fieldset>
    <p class="timeline-keys"></p>
  </div>
  <div class="timeline-axis" role="slider" tabindex="0" aria-valuemin="0"><svg aria-hidden="true"></svg></div>
  <ol class="timeline-events"></ol>`;

const ICONS = {
  "to-start": "M3 2.5h2v11H3zM14 2.5v11L6 8z",
  back: "M11 2.5v11L4 8zM11.5 2.5h2v11h-2z",
  step: "M5 2.5v11L12 8zM2.5 2.5h2v11h-2z",
};

function render({ model, el }) {
  el.classList.add("timeline");
  el.innerHTML = HTML;
  const timeline = new Timeline(model, el);
  return () => timeline.close();
}

class Timeline {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.axis = el.querySelector(".timeline-axis");
    this.svg = el.querySelector("svg");
    this.pen = document.createElement("canvas").getContext("2d"); // measures text
    this.wanted = null; // the week that was asked for and is not there yet
    for (const [name, path] of Object.entries(ICONS)) {
      el.querySelector(`.${name}`).innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${path}"/></svg>`;
    }
    this.listen();
    this.setWords();
  }

  get(name) {
    return this.model.get(name);
  }

  say(key, facts = {}) {
    return (this.get("words")[`timeline.${key}`] ?? key).replace(/\{(\w+)\}/g, (place, name) => facts[name] ?? place);
  }

  // The week that is shown, or that was just asked for.
  get tick() {
    return this.wanted ?? this.get("tick");
  }

  weekOf(ticks) {
    const length = this.get("weeks_per_year");
    if (ticks < 1) return this.say("before");
    return this.say("week", { year: Math.floor((ticks - 1) / length) + 1, week: ((ticks - 1) % length) + 1 });
  }

  // --- what the viewer does ------------------------------------------------------------------------------------------------------

  listen() {
    const { model, el, axis } = this;
    const on = (name, act) => el.querySelector(`.${name}`).addEventListener("click", act);
    on("play", () => this.toggle());
    on("step", () => model.send({ do: "step" }));
    on("back", () => this.go(this.tick - 1));
    on("to-start", () => this.go(0));
    let isDown = false;
    axis.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      isDown = true;
      axis.setPointerCapture(event.pointerId);
      this.go(this.tickAt(event.clientX));
    });
    axis.addEventListener("pointermove", (event) => isDown && this.go(this.tickAt(event.clientX)));
    const lift = () => (isDown = false);
    for (const kind of ["pointerup", "pointercancel"]) axis.addEventListener(kind, lift);
    model.on("change:tick change:reached change:ticks change:state change:speed", () => this.show());
    model.on("change:events", () => this.draw());
    model.on("change:words change:speeds change:weeks_per_year", () => this.setWords());
    const resized = new ResizeObserver(() => this.draw());
    resized.observe(axis);
    const written = () => this.draw();
    document.fonts.addEventListener("loadingdone", written); // words are measured in the font that they are shown in
    const listeners = { keydown: (event) => this.press(event), pointerup: () => setTimeout(letGo, 0), click: letGo, change: letGo };
    for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
    this.close = () => {
      resized.disconnect();
      document.fonts.removeEventListener("loadingdone", written);
      clearTimeout(this.going);
      clearTimeout(this.waiting);
      for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
    };
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const isHere = event.target === this.axis;
    if (!isHere && needsKey(event.target, event.code)) return;
    const by = event.shiftKey ? this.get("weeks_per_year") : 1;
    const keys = { ArrowLeft: () => this.go(this.tick - by), ArrowRight: () => this.forward(by), Space: () => event.repeat || this.toggle() };
    // Only where the axis has the focus: elsewhere these keys scroll the page.
    const here = { Home: () => this.go(0), End: () => this.go(this.get("ticks")), ArrowDown: keys.ArrowLeft, ArrowUp: keys.ArrowRight };
    const act = keys[event.code] ?? (isHere ? here[event.code] : undefined);
    if (!act) return;
    event.preventDefault(); // the page does not scroll
    act();
  }

  toggle() {
    const state = this.get("state");
    if (state === "playing") this.model.send({ do: "pause" });
    else if (state === "paused") this.model.send({ do: "play" });
  }

  forward(by) {
    if (by === 1) this.model.send({ do: "step" });
    else this.go(this.tick + by);
  }

  tickAt(clientX) {
    const share = (clientX - this.axis.getBoundingClientRect().left - this.left) / this.across;
    return Math.round(share * this.get("ticks"));
  }

  // Ask for a week, not more often than it can be gone to; the last one is always asked for. It is shown at once.
  go(tick) {
    const within = Math.max(0, Math.min(this.get("ticks"), tick));
    if (!this.isReady || within === this.tick) return;
    this.wanted = within;
    this.show();
    this.going ??= setTimeout(() => {
      this.going = null;
      if (this.wanted !== null) this.model.send({ do: "scrub", tick: this.wanted });
    }, PACE);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.settle(), PATIENCE);
  }

  settle() {
    this.wanted = null;
    this.show();
  }

  get isReady() {
    return ["playing", "paused", "ended"].includes(this.get("state")) && this.get("ticks") > 0;
  }

  // --- what is shown -------------------------------------------------------------------------------------------------------------

  setWords() {
    const { el } = this;
    for (const [name, key] of [["to-start", "to_start"], ["back", "back"], ["step", "step"]]) {
      const button = el.querySelector(`.${name}`);
      button.title = this.say(key);
      button.setAttribute("aria-label", this.say(key));
    }
    this.axis.setAttribute("aria-label", this.say("label"));
    el.querySelector(".timeline-events").setAttribute("aria-label", this.say("events"));
    el.querySelector(".timeline-keys").innerHTML = this.say("keys");
    this.addSpeeds(el.querySelector("fieldset"));
    this.draw();
  }

  // Speeds are radio buttons: one group to the keyboard and to screen readers.
  addSpeeds(fieldset) {
    fieldset.querySelector("legend").textContent = this.say("speed");
    for (const label of fieldset.querySelectorAll("label")) label.remove();
    this.speeds = this.get("speeds").map((speed) => {
      const label = document.createElement("label");
      label.innerHTML = `<input type="radio" name="speed"><span></span>`;
      const input = label.querySelector("input");
      input.value = speed;
      label.querySelector("span").textContent = speed;
      input.addEventListener("change", () => this.model.send({ do: "speed", speed }));
      fieldset.append(label);
      return input;
    });
  }

  show() {
    const { el, axis } = this;
    if (this.wanted === this.get("tick") && !this.going) this.wanted = null;
    const [state, ticks, tick] = [this.get("state"), this.get("ticks"), this.tick];
    const find = (name) => el.querySelector(`.${name}`);
    Object.assign(el.dataset, { state, tick: this.get("tick"), shown: tick, reached: this.get("reached") });
    find("play").textContent = this.say({ playing: "pause", ended: "ended" }[state] ?? "play");
    find("play").disabled = !["playing", "paused"].includes(state);
    find("step").disabled = find("play").disabled;
    find("back").disabled = find("to-start").disabled = !this.isReady || tick === 0;
    for (const input of this.speeds) input.checked = Number(input.value) === this.get("speed");
    find("timeline-week").textContent = this.weekOf(tick);
    axis.setAttribute("aria-valuemax", ticks);
    axis.setAttribute("aria-valuenow", tick);
    axis.setAttribute("aria-valuetext", this.weekOf(tick));
    axis.setAttribute("aria-disabled", !this.isReady);
    if (!axis.clientWidth) return;
    if (ticks === this.drawnTicks) this.place();
    else this.draw();
  }

  x(ticks) {
    return this.left + (this.across * ticks) / Math.max(this.get("ticks"), 1);
  }

  measure() {
    const style = getComputedStyle(this.svg);
    const box = this.axis.getBoundingClientRect();
    this.size = parseFloat(style.fontSize);
    this.pen.font = `600 ${this.size}px ${style.fontFamily}`;
    this.left = 0.75 * this.size;
    this.right = box.width;
    this.across = Math.max(box.width - 2 * this.left, 10);
    this.rows = Number(style.getPropertyValue("--timeline-rows")) || ROWS;
    this.rail = (this.rows * 1.3 + 0.9) * this.size;
    this.svg.setAttribute("viewBox", `0 0 ${box.width} ${this.rail + 2.3 * this.size}`);
    this.svg.style.height = `${this.rail + 2.3 * this.size}px`;
  }

  draw() {
    if (!this.axis.clientWidth) return this.show(); // not on the page yet
    this.measure();
    this.drawnTicks = this.get("ticks");
    this.parts = [];
    this.add("line", "rail", { x1: this.x(0), x2: this.x(this.drawnTicks), y1: this.rail, y2: this.rail });
    this.filled = this.add("line", "filled", { x1: this.x(0), y1: this.rail, y2: this.rail });
    this.gone = this.add("line", "gone", { x1: this.x(0), y1: this.rail, y2: this.rail });
    this.drawYears();
    this.drawEvents();
    this.thumb = this.add("circle", "thumb", { cy: this.rail, r: 0.62 * this.size });
    this.svg.replaceChildren(...this.parts);
    this.listEvents();
    this.show();
  }

  place() {
    this.filled.setAttribute("x2", this.x(Math.max(this.get("reached"), this.get("tick"))));
    this.gone.setAttribute("x2", this.x(this.tick));
    this.thumb.setAttribute("cx", this.x(this.tick));
  }

  drawYears() {
    const [ticks, length] = [this.drawnTicks, this.get("weeks_per_year")];
    const years = ticks / length;
    const word = (year) => this.say("year", { year });
    const room = this.across / Math.max(years, 1);
    const every = [1, 2, 5, 10, 20, 50, 100].find((step) => step * room > 2.6 * this.size) ?? 200;
    let end = -Infinity;
    for (let year = 0; year <= years; year += every) {
      const at = this.x(year * length);
      this.add("line", "year", { x1: at, x2: at, y1: this.rail + 0.45 * this.size, y2: this.rail + 0.8 * this.size });
      const text = year ? String(year) : word(year);
      const from = Math.max(0, Math.min(at - this.wide(text) / 2, this.right - this.wide(text)));
      if (from < end) continue;
      this.text("number", from, this.rail + 1.95 * this.size, text);
      end = from + this.wide(text) + 0.5 * this.size;
    }
    if (years >= 1) return;
    const last = this.say("last", { week: ticks });
    this.text("number", this.right - this.wide(last), this.rail + 1.95 * this.size, last);
  }

  // What happened: a line down to the axis, and its words above where there is room; what matters more is placed first.
  drawEvents() {
    const placed = []; // { row, from, end, at } of words
    for (const { tick, text, kind, side } of this.get("events").toSorted((a, b) => weight(b) - weight(a) || a.tick - b.tick)) {
      const at = this.x(tick);
      const wide = this.wide(text);
      const from = Math.max(0, Math.min(at, this.right - wide - 0.4 * this.size));
      const words = { at, from, end: from + wide + 0.8 * this.size };
      const row = wide > this.right ? -1 : this.rowFor(words, placed);
      const high = row < 0 ? this.rail - 0.6 * this.size : this.rail - (0.75 + (row + 1) * 1.3) * this.size;
      const line = this.add("line", `event ${kind} ${side}`, { x1: at, x2: at, y1: high, y2: this.rail });
      line.append(Object.assign(document.createElementNS(SVG, "title"), { textContent: `${this.weekOf(tick + 1)}: ${text}` }));
      if (row < 0) continue;
      this.text(`note ${kind} ${side}`, from + (from === at ? 0.35 * this.size : 0), high + 0.95 * this.size, text);
      placed.push({ ...words, row });
    }
  }

  // The highest row in which words meet no others, their line down crosses none, and they hide no other line; -1 if there is none.
  rowFor({ at, from, end }, placed) {
    const isFree = (row) =>
      placed.every((one) => {
        if (one.row === row) return end <= one.from || from >= one.end;
        return one.row < row ? at < one.from || at >= one.end : one.at <= from || one.at >= end;
      });
    for (let row = this.rows - 1; row >= 0; row--) if (isFree(row)) return row;
    return -1;
  }

  // The same for screen readers, with the weeks, whether there is room or not.
  listEvents() {
    const items = this.get("events").map(({ tick, text }) =>
      Object.assign(document.createElement("li"), { textContent: this.say("event", { week: this.weekOf(tick + 1), text }) }),
    );
    this.el.querySelector(".timeline-events").replaceChildren(...items);
  }

  wide(text) {
    return this.pen.measureText(text).width;
  }

  add(tag, kind, attributes) {
    const part = document.createElementNS(SVG, tag);
    part.setAttribute("class", kind);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    this.parts.push(part);
    return part;
  }

  text(kind, x, y, words) {
    this.add("text", kind, { x, y }).textContent = words;
  }
}

function weight({ kind }) {
  return WEIGHTS[kind] ?? 0;
}

// A control keeps the keys that it works with itself.
function needsKey(target, code) {
  if (!(target instanceof Element)) return false;
  const isArrow = code.startsWith("Arrow");
  if (target.matches("input[type=range], input[type=radio], [role=slider], [role=gridcell] *, [role=tab]")) return isArrow;
  if (target.matches("button, a, summary, input[type=checkbox]")) return code === "Space";
  return target.matches("input, select, textarea, [contenteditable]");
}

// What was clicked gives the keys back to the page, so that Space plays; who came by Tab (and sees the ring) keeps the focus.
function letGo() {
  const control = document.activeElement;
  const clicked = ["button", "summary", "input[type=range]", "input[type=radio]"].map((kind) => `${kind}:not(:focus-visible)`);
  if (control?.matches(clicked.join())) control.blur();
}

export default { render };
