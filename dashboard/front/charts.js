// Small multiples of one world or two over time. Python sends frames with what is new; each is acknowledged once it is drawn, and only
// then does the next one come. Pointing shows an earlier week in every panel; a click or a drag goes there.

import { lineColour, mixed, say, spread, themeOf, weekOf } from "./charts_page.js";
import { Panel } from "./charts_panel.js";
import { printed } from "./charts_print.js";
import { isLost } from "./lost.js";
import { save } from "./save.js";
import { Record } from "./charts_record.js";

const SILENCE = 2000; // milliseconds without news after which the browser asks for it
const LOOKING = 2000; // milliseconds for which a pointer that rests shows an earlier week while time passes
const PACE = 60; // milliseconds between two weeks that are dragged over
const SPOKEN = 1500; // milliseconds between two texts for screen readers while time passes

const HTML = `
  <div class="charts-key"><div></div><b></b></div>
  <div class="charts-grid" role="group"></div>
  <div class="charts-foot"><button type="button" class="csv"></button><button type="button" class="png"></button></div>`;

function render({ model, el }) {
  el.classList.add("charts");
  el.innerHTML = HTML;
  const charts = new Charts(model, el);
  return () => charts.close();
}

class Charts {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.grid = el.querySelector(".charts-grid");
    [this.key, this.at] = el.querySelectorAll(".charts-key > *");
    this.record = new Record();
    this.panels = [];
    this.theme = null; // until it is on the page
    this.large = null; // the panel that fills the grid
    this.pointed = null; // how many weeks are over under the pointer
    this.times = []; // when the latest frames were drawn, and how long it took
    this.spokenAt = this.heardAt = 0;
    this.listen();
    this.setPanels();
    this.look();
  }

  listen() {
    const { model, el } = this;
    model.on("msg:custom", (header, buffers) => this.hear(header, buffers));
    model.on("change:panels", () => this.setPanels());
    model.on("change:words change:titles", () => this.setWords());
    el.querySelector(".csv").addEventListener("click", () => model.send({ do: "csv" }));
    el.querySelector(".png").addEventListener("click", () => this.savePicture(`${say(this.words, "charts.file")}.png`));
    const resized = new ResizeObserver(() => this.fit());
    resized.observe(this.grid);
    this.sight = new IntersectionObserver((seen) => this.sighted(seen));
    this.dressed = new MutationObserver(() => this.dress());
    const escape = (event) => {
      if (event.key !== "Escape" || !this.large || event.defaultPrevented) return;
      event.preventDefault();
      this.enlarge(null);
    };
    const dress = () => this.dress();
    const night = matchMedia("(prefers-color-scheme: dark)");
    night.addEventListener("change", dress);
    addEventListener("theme", dress);
    const written = () => this.theme && this.fit();
    document.fonts.addEventListener("loadingdone", written); // what a canvas has written stays as it is
    document.addEventListener("keydown", escape);
    // After a broken connection a frame may be lost, also the one that says that time goes on: ask, when nothing has come for a while.
    const watch = setInterval(() => performance.now() - this.heardAt > SILENCE && !isLost() && this.look(), SILENCE);
    this.close = () => {
      clearInterval(watch);
      clearTimeout(this.scrubbing);
      for (const observer of [resized, this.dressed, this.sight]) observer.disconnect();
      night.removeEventListener("change", dress);
      removeEventListener("theme", dress);
      document.fonts.removeEventListener("loadingdone", written);
      document.removeEventListener("keydown", escape);
    };
  }

  get words() {
    return this.model.get("words");
  }

  // --- news ----------------------------------------------------------------------------------------------------------------------

  look() {
    this.model.send({ do: "look", world: this.record.world, number: this.record.number });
  }

  hear(header, buffers) {
    if (header.what === "picture") return this.savePicture(header.name);
    if (header.what === "file") return save(new Blob([buffers[0]], { type: "text/csv" }), header.name);
    this.heardAt = performance.now();
    if (!this.record.take(header, buffers)) return this.look();
    for (const panel of this.panels) panel.heed(this.record);
    const seen = () => this.model.send({ do: "seen", number: header.number });
    if (document.hidden) return seen(); // nothing is drawn in a hidden page, but time goes on
    requestAnimationFrame(() => {
      this.draw();
      seen();
    });
  }

  // --- the page ------------------------------------------------------------------------------------------------------------------

  setPanels() {
    const large = this.large?.name;
    this.sight.disconnect();
    this.panels = this.model.get("panels").map((panel) => new Panel(panel));
    this.large = this.panels.find((panel) => panel.name === large) ?? null;
    for (const panel of this.panels) {
      panel.button.addEventListener("click", () => this.enlarge(this.large === panel ? null : panel));
      this.letPoint(panel);
      this.sight.observe(panel.el);
      if (this.record.scene) panel.heed(this.record);
    }
    this.grid.replaceChildren(...this.panels.map((panel) => panel.el));
    this.setWords();
  }

  setWords() {
    const { el, words } = this;
    this.grid.setAttribute("aria-label", say(words, "charts.label"));
    for (const kind of ["csv", "png"]) el.querySelector(`.${kind}`).textContent = say(words, `charts.${kind}`);
    this.fit();
  }

  enlarge(panel) {
    const focused = this.grid.contains(document.activeElement) || document.activeElement === document.body;
    const before = this.large;
    this.large = panel;
    this.fit();
    if (focused) (panel ?? before)?.button.focus();
  }

  // Share the width among the panels, and measure what each has got.
  fit() {
    if (!this.grid.clientWidth) return; // not on the page yet
    if (!this.theme) {
      const dresses = [document.documentElement, document.body, this.el.closest(".lab")].filter(Boolean);
      for (const one of dresses) this.dressed.observe(one, { attributes: true });
    }
    this.theme = themeOf(this.el);
    const { columns, spans } = spread(this.panels.map((panel) => panel.name), this.grid.clientWidth, this.theme.size);
    this.el.dataset.columns = columns;
    this.el.classList.toggle("swiped", columns === 1);
    this.el.classList.toggle("enlarged", Boolean(this.large));
    this.grid.style.setProperty("--columns", columns);
    this.panels.forEach((panel, k) => {
      panel.el.style.setProperty("--span", spans[k]);
      panel.el.classList.toggle("large", panel === this.large);
      panel.setWords(this.words, panel === this.large);
    });
    for (const panel of this.panels) panel.fit();
    this.draw();
  }

  dress() {
    if (this.theme && themeOf(this.el).key !== this.theme.key) this.fit();
  }

  sighted(seen) {
    for (const { target, isIntersecting } of seen) {
      const panel = this.panels.find(({ el }) => el === target);
      if (panel) panel.isSeen = isIntersecting;
    }
    if (seen.some(({ isIntersecting }) => isIntersecting)) this.draw();
  }

  // --- drawing -------------------------------------------------------------------------------------------------------------------

  draw() {
    const { record, words } = this;
    if (!record.scene || !this.theme) return;
    const begun = performance.now();
    const isPlaying = record.state === "playing";
    if (isPlaying && begun - this.pointedAt > LOOKING) this.pointed = null; // who only watches sees the present
    const tick = this.pointed ?? record.tick;
    const page = this.page(devicePixelRatio || 1);
    for (const panel of this.shown) if (panel.isSeen) panel.draw(record, page, tick, this.pointed !== null);
    this.writeKey();
    this.at.textContent = this.pointed === null ? "" : weekOf(words, tick, record.scene.weeksPerYear);
    const isAloud = !isPlaying || begun - this.spokenAt > SPOKEN;
    if (isAloud) this.spokenAt = begun;
    for (const panel of this.panels) panel.tell(record, words, tick, isAloud);
    this.tell(begun, tick);
  }

  get shown() {
    return this.large ? [this.large] : this.panels;
  }

  // What a panel is drawn with; an enlarged one has larger words.
  page(ratio) {
    const { theme, words } = this;
    const small = this.large ? 1.12 * theme.size : theme.small;
    return { theme: { ...theme, small, key: `${theme.key} ${small}` }, words, ratio };
  }

  tell(begun, tick) {
    const { record, times } = this;
    const now = performance.now();
    times.push([begun, now - begun]);
    if (times.length > 30) times.shift();
    const mean = times.reduce((sum, [, took]) => sum + took, 0) / times.length;
    const span = now - times[0][0];
    Object.assign(this.el.dataset, {
      frame: record.number,
      world: record.world,
      state: record.state,
      tick: record.tick,
      shown: tick,
      have: record.have,
      runs: record.runs,
      words: this.theme.small, // pixels
      draw: mean.toFixed(2),
      fps: times.length > 1 ? (((times.length - 1) * 1000) / span).toFixed(1) : "0",
    });
  }

  // What the lines are: which world is which, and what lies behind them.
  writeKey() {
    const { record, theme, words } = this;
    const names = this.model.get("titles");
    const entries = [];
    if (record.isTwin) {
      ["left", "right"].forEach((side, k) => {
        const text = names[k] || say(words, `charts.${side}`);
        entries.push({ text, colour: lineColour(theme, "ink", side, true), width: k ? 3 : 2 });
      });
    }
    if (record.runs) entries.push({ text: say(words, "charts.band", { runs: record.runs }), colour: mixed(theme.ink, theme.paper, 0.8), width: 10 });
    const strip = this.panels.some(({ panel }) => panel.strip) && record.isTwin;
    if (strip) entries.push({ text: say(words, "charts.strip"), colour: mixed(theme.rule, theme.paper, 0.25), width: 10 });
    if (record.tick < record.have) entries.push({ text: say(words, "charts.recorded"), colour: mixed(theme.ink, theme.paper, 0.72), width: 2 });
    const written = JSON.stringify(entries);
    if (written === this.written) return;
    [this.written, this.entries] = [written, entries];
    this.key.replaceChildren(...entries.map(keyPart));
  }

  // --- pointing ------------------------------------------------------------------------------------------------------------------

  // The pointer shows an earlier week; pressed, it goes there. A finger swipes the page, and goes to a week by a tap.
  letPoint(panel) {
    const { canvas } = panel;
    let isTouch = false;
    let isDown = false;
    canvas.addEventListener("pointerdown", (event) => {
      isTouch = event.pointerType === "touch";
      if (isTouch || event.button !== 0) return;
      isDown = true;
      canvas.setPointerCapture(event.pointerId);
      this.scrub(panel.tickAt(event.clientX));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      this.point(panel.tickAt(event.clientX));
      if (isDown) this.scrub(panel.tickAt(event.clientX));
    });
    const lift = () => (isDown = false);
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, lift);
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("click", (event) => isTouch && this.scrub(panel.tickAt(event.clientX)));
  }

  point(tick) {
    if (!this.record.scene) return;
    this.pointedAt = performance.now();
    const shown = tick !== null && tick > 0 && tick <= this.record.have ? tick : null;
    if (shown === this.pointed) return;
    this.pointed = shown;
    this.drawSoon();
  }

  drawSoon() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.draw();
    });
  }

  // Ask for a week, not more often than it can be gone to; the last one is always asked for.
  scrub(tick) {
    if (tick === null || tick === this.wanted) return;
    this.wanted = tick;
    this.scrubbing ??= setTimeout(() => {
      this.scrubbing = null;
      this.model.send({ do: "scrub", tick: this.wanted });
      this.wanted = null;
    }, PACE);
  }

  // --- a picture -----------------------------------------------------------------------------------------------------------------

  savePicture(name) {
    const { record, theme, words } = this;
    if (!record.scene || !theme) return;
    const ratio = Math.max(2, devicePixelRatio); // sharp on paper, too
    const panels = this.shown.filter((panel) => panel.width);
    for (const panel of panels) panel.draw(record, this.page(ratio), record.tick, false);
    const week = weekOf(words, record.tick, record.scene.weeksPerYear);
    const isSwiped = this.el.classList.contains("swiped");
    const canvas = printed({ panels, isSwiped, key: this.entries ?? [], caption: this.model.get("caption"), week, theme, words, ratio });
    canvas.toBlob((blob) => save(blob, name), "image/png");
    this.draw();
  }
}

function keyPart({ text, colour, width }) {
  const part = document.createElement("span");
  part.innerHTML = `<i></i><span></span>`;
  part.querySelector("i").style.cssText = `background: ${colour}; height: ${width}px`;
  part.querySelector("span").textContent = text;
  return part;
}

export default { render };
