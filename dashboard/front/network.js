// The picture of a society: every citizen, every tie, in one world or in two and their difference. Python sends a scene for each world
// and then frames; a frame is acknowledged once it is drawn, and only then does the next one come.

import { Camera, letMove } from "./network_camera.js";
import { Copies } from "./network_export.js";
import { blend, dotSize, rows } from "./network_dots.js";
import { GlPainter } from "./network_gl.js";
import { isOff, Lively, themeOf } from "./network_looks.js";
import { PlainPainter } from "./network_plain.js";
import { bytes, DIFFERENCE, floats, integers, TieBook } from "./network_ties.js";
import { HEAD, Words } from "./network_words.js";

const SILENCE = 2000; // milliseconds without news after which the browser asks for it
const TWEEN = 220; // milliseconds in which colours change, at most
const SLOW = 30; // milliseconds that a drawing takes on a machine that is slow
const DENSE = 110; // milliseconds between frames that follow so closely that nothing needs to move from one to the next
const NOW_AND_THEN = 200; // milliseconds after which what moves is drawn again then
const SELECTED = 8; // the bit of a citizen's marks
const GAP = 12; // pixels between panels
const NARROW = 640; // pixels below which panels stand one under the other

const HTML = `
  <div class="network-stage"><canvas tabindex="0" role="img"></canvas>
    <div class="network-regions"></div><div class="network-titles"></div></div>
  <div class="network-legend"></div>`;

function render({ model, el }) {
  el.classList.add("network");
  el.innerHTML = HTML;
  const picture = new Picture(model, el);
  return () => picture.close();
}

class Picture {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.canvas = el.querySelector("canvas");
    this.camera = new Camera();
    this.camera.set(model.get("camera"));
    this.lively = new Lively();
    this.theme = themeOf(el);
    this.world = 0;
    this.header = null; // of the latest frame
    this.pointed = null; // { panel, citizen } under the pointer
    this.picked = -1;
    this.arrivals = []; // when the latest frames were drawn
    this.waiting = []; // what is to be called once it is drawn
    this.lapse = this.painted = 0; // milliseconds that a drawing takes, and when the last one was made
    this.pace = this.arrived = 0; // milliseconds between frames, and when the last one came
    this.words = new Words(model, el);
    this.copies = new Copies(model, el);
    this.takePainter();
    this.listen();
    this.fit();
    this.look();
  }

  takePainter() {
    this.painter = (this.model.get("plain") ? null : GlPainter.on(this.canvas)) ?? new PlainPainter(this.canvas);
    this.el.dataset.painter = this.painter.kind;
  }

  listen() {
    const { model, canvas } = this;
    model.on("msg:custom", (header, buffers) => this.hear(header, buffers));
    model.on("change:camera", () => {
      if (String(model.get("camera")) !== String(this.camera.values)) this.moveTo(model.get("camera"));
    });
    model.on("change:words change:titles change:causes", () => this.tell());
    const panelAt = (left, top) => this.panels.find((one) => inside(one, left, top)) ?? null;
    this.undo = [
      letMove(canvas, this.camera, panelAt, {
        moved: () => this.moved(),
        settled: () => this.settled(),
        clicked: (panel, left, top) => this.pick(panel, this.citizenAt(panel, left, top)),
        pointed: (panel, left, top) => this.point(panel && { panel: panel.number, citizen: this.citizenAt(panel, left, top) }),
      }),
    ];
    const resized = new ResizeObserver(() => this.fit());
    resized.observe(canvas.parentElement);
    const dress = () => this.dress();
    this.dressed = new MutationObserver(dress);
    const night = matchMedia("(prefers-color-scheme: dark)");
    night.addEventListener("change", dress);
    addEventListener("theme", dress);
    const back = () => this.comeBack();
    canvas.addEventListener("webglcontextlost", lost);
    canvas.addEventListener("webglcontextrestored", back);
    // After a broken connection a frame may be lost, or the answer to one: ask, when nothing has come for a while.
    const watch = setInterval(() => performance.now() - this.arrived > SILENCE && !isOff() && this.look(), SILENCE);
    this.undo.push(() => {
      resized.disconnect();
      this.dressed.disconnect();
      night.removeEventListener("change", dress);
      removeEventListener("theme", dress);
      canvas.removeEventListener("webglcontextlost", lost);
      canvas.removeEventListener("webglcontextrestored", back);
      clearInterval(watch);
    });
  }

  close() {
    this.closed = true;
    cancelAnimationFrame(this.coming);
    clearTimeout(this.soon);
    for (const undo of this.undo) undo();
    this.copies.close();
    this.painter.close();
  }

  // --- what Python tells --------------------------------------------------------------------------------------------------------

  look() {
    this.model.send({ do: "look", world: this.world, number: this.header?.number ?? 0 });
  }

  hear(header, buffers) {
    if (header.what === "scene") this.takeScene(header, buffers.map(bytes));
    else if (header.what === "frame") this.takeFrame(header, buffers.map(bytes));
    else if (header.what === "export") this.copies.order(header, () => this.draw());
  }

  takeScene(header, [position, regions, ...tables]) {
    this.scene = { ...header, position: floats(position), regions: floats(regions) };
    this.tables = Object.fromEntries(header.ramps.map((name, k) => [name, tables[k]]));
    this.world = header.world;
    this.header = null;
    this.book = new TieBook(header.citizens);
    this.colours = new Map(); // panel -> { from, to, bytes, ramp, since }
    this.lively.clear();
    this.pointed = null;
    this.painter.setScene(this.scene);
    this.fit();
  }

  takeFrame(header, buffers) {
    if (header.world !== this.world || (header.base && header.base !== this.header?.number)) return this.look();
    const now = performance.now();
    const next = () => buffers[taken++];
    let taken = 0;
    this.pace = Math.min(1000, 0.6 * this.pace + 0.4 * (now - this.arrived));
    this.tween = Math.min(TWEEN, this.pace);
    this.arrived = now;
    const marks = [];
    header.sides.forEach((side, k) => {
      this.recolour(k, next(), side.legend.ramp, (marks[k] = next()), now);
      const told = { full: side.full, ends: integers(next()), kinds: next(), goneEnds: integers(next()), causes: next() };
      const news = this.book.take(k, told);
      this.painter.retie(this.book, news.slots);
      if (!document.hidden) this.lively.take(k, news, now, this.isBusy);
    });
    this.book.sweep();
    if (header.difference) this.recolour(DIFFERENCE, next(), header.difference.ramp, marks[1], now);
    const before = this.header;
    this.header = header;
    this.select(marks);
    if (!before || legendKey(before) !== legendKey(header)) this.tell();
    const seen = () => this.seen(header);
    if (document.hidden) seen(); // nothing is drawn in a hidden page, but time goes on
    else this.draw(seen);
  }

  seen(header) {
    if (this.closed) return;
    this.model.send({ do: "seen", number: header.number });
    const now = performance.now();
    this.arrivals = [...this.arrivals.filter((one) => now - one < 2000), now];
    const fps = (1000 * (this.arrivals.length - 1)) / Math.max(now - this.arrivals[0], 1);
    const ties = header.sides.map((_, k) => this.book.count[k]).join();
    Object.assign(this.el.dataset, { frame: header.number, tick: header.tick, world: this.world, ties, fps: fps.toFixed(1) });
  }

  // Give the citizens of a panel other colours, from those that they have at the moment.
  recolour(panel, chosen, ramp, marks, now) {
    const before = this.colours.get(panel);
    const to = this.table(ramp, chosen);
    const from = before ? blend(before, this.progress(before, now)) : to;
    this.colours.set(panel, { from, to, chosen, ramp, marks, since: now });
    this.painter.setColours(panel, from, to, marks);
  }

  // The colours of some rows of a table, 4 bytes each.
  table(ramp, chosen) {
    const table = this.tables[ramp].subarray(this.theme.dark ? 768 : 0);
    const colours = new Uint8Array(4 * rows(chosen.length));
    for (let i = 0, k = 0; i < chosen.length; i++, k += 4) {
      const row = 3 * chosen[i];
      colours[k] = table[row];
      colours[k + 1] = table[row + 1];
      colours[k + 2] = table[row + 2];
    }
    return colours;
  }

  progress({ since }, now) {
    return this.lively.still || this.isBusy ? 1 : Math.min(1, Math.max(0, (now - since) / Math.max(this.tween, 1)));
  }

  // --- what the viewer does -----------------------------------------------------------------------------------------------------

  citizenAt(panel, left, top) {
    if (!this.scene) return -1;
    return this.camera.pick(panel, left, top, this.scene.position, this.dot(panel));
  }

  point(where) {
    const next = where && where.citizen >= 0 ? where : null;
    if (next?.citizen === this.pointed?.citizen && next?.panel === this.pointed?.panel) return;
    this.pointed = next;
    this.canvas.style.cursor = next ? "pointer" : "grab";
    this.draw();
  }

  // world: 0 left or only, 1 right, -1 the difference of both. A click beside all citizens picks -1, nobody.
  pick(panel, citizen) {
    this.picked = citizen;
    this.el.dataset.picked = citizen;
    this.model.send({ do: "pick", world: panel.number === DIFFERENCE ? -1 : panel.number, citizen });
    this.draw();
  }

  moveTo(camera) {
    this.camera.set(camera);
    this.moved();
  }

  moved() {
    this.painter.invalidate();
    this.el.dataset.camera = this.camera.values.join();
    this.draw();
  }

  settled() {
    this.model.set("camera", this.camera.values);
    this.model.save_changes();
  }

  // --- drawing ------------------------------------------------------------------------------------------------------------------

  fit() {
    const box = this.canvas.parentElement.getBoundingClientRect();
    // Only now it is known to be in the page, whose colours may change.
    for (const one of [document.documentElement, document.body, pageOf(this.el)]) this.dressed.observe(one, { attributes: true });
    this.ratio = this.isCoarse ? 1 : Math.min(devicePixelRatio || 1, 2);
    const [width, height] = [box.width, box.height].map((length) => Math.max(1, Math.round(length * this.ratio)));
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const numbers = this.scene?.sides === 2 ? [0, DIFFERENCE, 1] : [0];
    const upright = box.width < NARROW;
    const [across, down] = upright ? [1, numbers.length] : [numbers.length, 1];
    const wide = (box.width - GAP * (across - 1)) / across;
    const high = (box.height - GAP * (down - 1)) / down;
    this.panels = numbers.map((number, k) => {
      const [column, row] = upright ? [0, k] : [k, 0];
      return { number, left: column * (wide + GAP), top: row * (high + GAP) + HEAD, width: wide, height: Math.max(high - HEAD, 1) };
    });
    this.tell();
    this.draw();
  }

  // Take the colours that the page has now.
  dress() {
    const theme = themeOf(this.el, this.theme);
    if (theme === this.theme) return;
    this.theme = theme;
    for (const [panel, { chosen, ramp, marks }] of this.colours ?? []) this.recolour(panel, chosen, ramp, marks, performance.now());
    this.tell();
    this.draw();
  }

  // Draw with the next beat of the screen; `then` is called once it is done.
  draw(then) {
    if (then) this.waiting.push(then);
    this.wanted = true;
    this.coming ??= requestAnimationFrame((now) => this.beat(now));
  }

  beat(now) {
    this.coming = undefined;
    // How long the machine was busy with the last drawing shows when the screen asks for the next.
    if (this.painted) this.lapse = (this.lapse + now - this.painted) / 2;
    this.painted = 0;
    if (this.lapse > 2 * SLOW && this.ratio > 1) this.coarsen();
    if (!this.wanted) return;
    this.wanted = false;
    if (this.scene && this.colours.size) this.paint();
    for (const one of this.waiting.splice(0)) one();
    this.coming ??= requestAnimationFrame((next) => this.beat(next));
  }

  // Fewer pixels for a machine that is far too slow for a fine screen.
  coarsen() {
    this.isCoarse = true;
    this.fit();
  }

  // Where the machine is slow, or frames come closely, only what has changed is drawn, and what moves now and then.
  get isBusy() {
    return this.lapse > SLOW || this.pace < DENSE;
  }

  paint() {
    this.dress();
    const view = { ...this.view(this.strokes(performance.now())), lapse: this.lapse };
    const more = this.painter.paint(view);
    this.painted = performance.now();
    this.words.place(this.scene, this.camera, this.panels[0]);
    this.copies.take({ canvas: this.canvas, ratio: this.ratio, theme: this.theme, words: this.words });
    clearTimeout(this.soon);
    if (more) this.draw();
    else if (view.tween < 1 || this.lively.list.length) {
      if (this.isBusy) this.soon = setTimeout(() => this.draw(), NOW_AND_THEN);
      else this.draw();
    }
  }

  view(strokes) {
    const { camera, ratio, theme, book, panels, scene } = this;
    const tween = Math.min(1, ...[...(this.colours?.values() ?? [])].map((one) => this.progress(one, performance.now())));
    const regions = [];
    for (let k = 0; k < scene.regions.length; k += 4) {
      regions.push([...scene.regions.subarray(k + 1, k + 4), 0, ...theme.shade, 0.75, ...theme.shade, 0, 0, 0]);
    }
    const rings = this.rings();
    const focus = [...rings.values()].some((list) => list.length > 0); // on somebody, whose ties stand out
    return { camera, ratio, theme, book, panels, tween, spacing: scene.spacing, regions, strokes, rings, focus };
  }

  // What stands out: ties just made or cut, and all ties of who is pointed at or selected.
  strokes(now) {
    const found = this.lively.strokes(this.scene.position, now, this.theme);
    const { position } = this.scene;
    for (const { number } of this.panels) {
      if (number === DIFFERENCE) continue;
      const strokes = found.get(number) ?? [];
      for (const citizen of this.marked(number)) {
        for (const ends of this.book.of(citizen, number)) {
          const places = ends.flatMap((one) => [position[2 * one], position[2 * one + 1]]);
          strokes.push([...places, ...this.theme.ink, 0.7, 1.1, 0]);
        }
      }
      found.set(number, strokes);
    }
    return found;
  }

  // A click counts until Python says who is selected, or is no longer.
  select(marks) {
    const before = this.selected ?? [];
    this.selected = marks.map((own) => own.findIndex((byte) => byte & SELECTED));
    if ([...before, ...this.selected].some((citizen) => citizen >= 0)) this.picked = -1;
  }

  // Who is pointed at, picked, or selected by Python.
  marked(panel) {
    const selected = this.selected?.filter((_, side) => side === panel || panel === DIFFERENCE) ?? [];
    return new Set([this.pointed?.citizen ?? -1, this.picked, ...selected].filter((citizen) => citizen >= 0));
  }

  rings() {
    const { ink } = this.theme;
    const { position } = this.scene;
    return new Map(
      this.panels.map((panel) => {
        const around = [...this.marked(panel.number)].filter((citizen) => 2 * citizen < position.length);
        const ring = (i) => [position[2 * i], position[2 * i + 1], 0, this.dot(panel) + 4, 0, 0, 0, 0, ...ink, 1, 2, 0];
        return [panel.number, around.map(ring)];
      }),
    );
  }

  // The radius of a citizen in pixels.
  dot(panel) {
    return dotSize({ spacing: this.scene.spacing, camera: this.camera }, panel) / 2;
  }

  comeBack() {
    this.takePainter();
    if (!this.scene) return;
    this.painter.setScene(this.scene);
    for (const [panel, { from, to, marks }] of this.colours) this.painter.setColours(panel, from, to, marks);
    this.draw();
  }

  // Write titles and legend anew.
  tell() {
    this.words.write(this.panels, this.header, this.tables, this.theme);
  }
}

const lost = (event) => event.preventDefault(); // the painter's context may come back

// The element that carries the page's colours.
const pageOf = (el) => el.closest(".lab, .v-application") ?? el.parentElement ?? document.body;

const inside = ({ left, top, width, height }, x, y) => x >= left && x < left + width && y >= top && y < top + height;

const legendKey = ({ sides, difference }) => JSON.stringify([sides[0].legend, difference]);

export default { render };
