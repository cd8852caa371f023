// Draws the picture with WebGL2. Ties are counted, not painted: each adds 1 to every pixel it crosses, in a texture for each panel, and
// one that is cut takes 1 away again, so that a frame costs what has changed; the counts become ink afterwards. After a movement the
// texture is counted anew, as many ties at a time as the machine draws without falling behind.

import { DIFFERENCE, longer } from "./network_ties.js";
import { DISC, DOT, INK, STROKE, TIE } from "./network_shaders.js";

const FEWEST = 2000; // ties counted at a time, at least and at most
const MOST = 400000;
const SLOW = 45; // milliseconds between two drawings above which fewer are counted, and below which more
const FAST = 22;
// A tie counts the more the shorter it is, so that circles stand out: weights, and up to which length each, in citizens side by side.
const WEIGHTS = [8, 3, 1];
const LENGTHS = [7, 25, Infinity];
// How much of a pixel of the ground ties of a kind cover on average, one unit of weight at most, and all ties at most: kin, work,
// acquaintances; and the same where ties of one world only are shown.
const COVER = [[0.07, 0.06, 0.1], [0.12, 0, 0.12]];
const STRONGEST = [[0.22, 0.18, 0.1], [0.5, 0, 0.5]];
const CEILING = [[0.85, 0.75, 0.3], [0.9, 0, 0.9]];

export class GlPainter {
  // Returns a painter, or null where there is no WebGL2.
  static on(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true });
    return gl && new GlPainter(gl);
  }

  constructor(gl) {
    this.gl = gl;
    this.kind = "webgl2";
    this.budget = 60000;
    this.setUp();
  }

  setUp() {
    const gl = this.gl;
    this.exact = Boolean(gl.getExtension("EXT_color_buffer_half_float") || gl.getExtension("EXT_color_buffer_float"));
    this.programs = Object.fromEntries(Object.entries({ TIE, INK, DOT, STROKE, DISC }).map(([name, code]) => [name, program(gl, code)]));
    this.corners = gl.createVertexArray();
    this.places = gl.createBuffer();
    this.ends = gl.createVertexArray();
    this.index = gl.createBuffer();
    this.instances = gl.createBuffer();
    this.strokes = vertices(gl, this.instances, [[4, 0], [4, 16], [2, 32]], 40, 1);
    this.discs = vertices(gl, this.instances, [[4, 0], [4, 16], [4, 32], [2, 48]], 56, 1);
    this.sheets = new Map(); // panel -> its count of ties
    this.dots = new Map(); // panel -> its citizens
  }

  setScene({ position, citizens, spacing }) {
    const gl = this.gl;
    this.spacing = spacing;
    for (const sheet of this.sheets.values()) this.discard(sheet);
    for (const dots of this.dots.values()) dots.forget();
    this.sheets.clear();
    this.dots.clear();
    this.citizens = citizens;
    this.position = position;
    // Each place nine times: an index tells the end of a tie and, by the ninth it is in, its tint and its weight.
    const places = new Float32Array(position.length * 9);
    for (let k = 0; k < 9; k++) places.set(position, k * position.length);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
    gl.bindVertexArray(this.ends);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.index);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  // Colours of a panel's citizens, from and to (3 bytes each), and their marks.
  setColours(panel, from, to, marks) {
    if (!this.dots.has(panel)) this.dots.set(panel, new Dots(this.gl, this.places));
    this.dots.get(panel).set(from, to, marks);
  }

  // Ties of these slots have changed.
  retie(book, slots) {
    for (const sheet of this.sheets.values()) sheet.change(book, slots);
  }

  invalidate() {
    for (const sheet of this.sheets.values()) sheet.stale = true;
  }

  // Draw a view: { panels, camera, ratio, theme, book, tween, spacing, regions, strokes, rings, lapse }. Returns whether ties are left
  // to be counted. lapse: milliseconds since the last drawing, if it was just before.
  paint(view) {
    const gl = this.gl;
    if (view.lapse > SLOW) this.budget = Math.max(FEWEST, 0.7 * this.budget);
    else if (view.lapse && view.lapse < FAST) this.budget = Math.min(MOST, 1.25 * this.budget);
    const whole = view.panels.map((panel) => this.count(view, panel)).every(Boolean);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(...view.theme.paper, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.enable(gl.SCISSOR_TEST);
    gl.blendEquation(gl.FUNC_ADD);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const panel of view.panels) {
      const box = onCanvas(gl, panel, view.ratio);
      gl.viewport(...box);
      gl.scissor(...box);
      this.drawDiscs(view, panel, view.regions);
      this.drawInk(view, panel);
      this.drawStrokes(view, panel, view.strokes.get(panel.number) ?? []);
      this.drawDots(view, panel);
      this.drawDiscs(view, panel, view.rings.get(panel.number) ?? []);
    }
    return !whole;
  }

  // Bring the count of a panel's ties up to date, as far as the budget goes; returns whether it is whole.
  count(view, panel) {
    const gl = this.gl;
    const [, , width, height] = onCanvas(gl, panel, view.ratio);
    let sheet = this.sheets.get(panel.number);
    if (!sheet) {
      sheet = new Sheet(panel.number, this.position, this.citizens, this.spacing);
      this.sheets.set(panel.number, sheet);
    }
    this.fit(sheet, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, sheet.frame);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    if (sheet.stale) {
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      sheet.begin();
    }
    const { taken, added, whole } = sheet.work(view.book, this.budget / view.panels.length);
    gl.useProgram(this.programs.TIE.it);
    this.look(this.programs.TIE, view, panel);
    gl.uniform1i(this.programs.TIE.at("citizens"), this.citizens);
    gl.uniform3f(this.programs.TIE.at("weights"), ...WEIGHTS.map((weight) => (this.exact ? weight : weight / 255)));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.blendEquation(gl.FUNC_ADD);
    this.drawTies(added);
    gl.blendEquation(gl.FUNC_REVERSE_SUBTRACT);
    this.drawTies(taken);
    return whole;
  }

  drawTies(index) {
    const gl = this.gl;
    if (!index.length) return;
    gl.bindVertexArray(this.ends);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, index, gl.STREAM_DRAW);
    gl.drawElements(gl.LINES, index.length, gl.UNSIGNED_INT, 0);
    gl.bindVertexArray(null);
  }

  fit(sheet, width, height) {
    const gl = this.gl;
    if (sheet.width === width && sheet.height === height) return;
    this.discard(sheet);
    Object.assign(sheet, { width, height, stale: true, texture: gl.createTexture(), frame: gl.createFramebuffer() });
    gl.bindTexture(gl.TEXTURE_2D, sheet.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, this.exact ? gl.RGBA16F : gl.RGBA8, width, height);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, sheet.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, sheet.texture, 0);
  }

  discard(sheet) {
    this.gl.deleteTexture(sheet.texture ?? null);
    this.gl.deleteFramebuffer(sheet.frame ?? null);
  }

  look({ at }, view, panel) {
    const scale = view.camera.scale(panel);
    this.gl.uniform4f(at("look"), view.camera.x, view.camera.y, (2 * scale) / panel.width, (2 * scale) / panel.height);
  }

  drawInk(view, panel) {
    const gl = this.gl;
    const sheet = this.sheets.get(panel.number);
    const { it, at } = this.programs.INK;
    const scale = view.camera.scale(panel) * view.ratio;
    const sort = panel.number === DIFFERENCE ? 1 : 0;
    // How many ties of each kind cross a pixel on average decides how much ink one is worth.
    const strength = sheet.length.map((sum, tint) =>
      Math.min(STRONGEST[sort][tint], 1 - (1 - COVER[sort][tint]) ** (1 / Math.max(sum / scale, 1e-6))),
    );
    gl.useProgram(it);
    gl.bindTexture(gl.TEXTURE_2D, sheet.texture);
    gl.uniform1f(at("unit"), this.exact ? 1 : 255);
    gl.uniform2f(at("corner"), ...onCanvas(gl, panel, view.ratio).slice(0, 2));
    gl.uniform3f(at("strength"), ...strength.map((share) => Math.log2(1 - share)));
    gl.uniform3f(at("ceiling"), ...CEILING[sort]);
    gl.uniform3fv(at("tints"), view.theme.tints[sort].flat());
    gl.bindVertexArray(this.corners);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  drawDots(view, panel) {
    const dots = this.dots.get(panel.number);
    if (!dots) return;
    const { it, at } = this.programs.DOT;
    const gl = this.gl;
    gl.useProgram(it);
    this.look(this.programs.DOT, view, panel);
    gl.uniform1f(at("size"), dotSize(view, panel) * view.ratio);
    gl.uniform1f(at("ratio"), view.ratio);
    gl.uniform1f(at("tween"), view.tween);
    gl.uniform3f(at("ink"), ...view.theme.ink);
    gl.uniform3f(at("paper"), ...view.theme.paper);
    gl.bindVertexArray(dots.array);
    gl.drawArrays(gl.POINTS, 0, this.citizens);
    gl.bindVertexArray(null);
  }

  // Strokes: [x, y, x, y, red, green, blue, alpha, width, 0], ends in the unit square, the width in pixels.
  drawStrokes(view, panel, list) {
    this.drawInstances(view, panel, this.programs.STROKE, this.strokes, list);
  }

  // Discs: [x, y, radius, pixels more, fill red, green, blue, alpha, edge red, green, blue, alpha, width of the edge, 0].
  drawDiscs(view, panel, list) {
    this.drawInstances(view, panel, this.programs.DISC, this.discs, list);
  }

  drawInstances(view, panel, { it, at }, array, list) {
    const gl = this.gl;
    if (!list.length) return;
    gl.useProgram(it);
    this.look({ at }, view, panel);
    gl.uniform2f(at("pixels"), panel.width, panel.height);
    gl.uniform1f(at("scale"), view.camera.scale(panel));
    gl.uniform1f(at("ratio"), view.ratio);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.instances);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(list.flat()), gl.STREAM_DRAW);
    gl.bindVertexArray(array);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, list.length);
    gl.bindVertexArray(null);
  }

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

// The count of one panel's ties: which are in it, and what comes next.
class Sheet {
  constructor(panel, position, citizens, spacing) {
    Object.assign(this, { panel, position, citizens, spacing, stale: true });
    this.shown = new Int8Array(0); // for each slot 1 + the tint that is counted, 0: none
    this.begin();
  }

  // Nothing is counted yet.
  begin() {
    this.stale = false;
    this.shown.fill(0);
    this.cursor = 0;
    this.length = [0, 0, 0]; // of all ties counted, by tint, times their weight, in sides of the unit square
    this.added = [];
    this.taken = [];
  }

  change(book, slots) {
    if (this.stale) return;
    if (slots.length > 0.5 * book.size) this.stale = true; // to begin anew is less
    else for (const slot of slots) this.update(book, slot);
  }

  update(book, slot) {
    if (slot >= this.shown.length) this.shown = longer(this.shown, book.low.length);
    const tint = book.tint(slot, this.panel);
    const before = this.shown[slot] - 1;
    if (tint === before) return;
    if (before >= 0) this.put(this.taken, book, slot, before, -1);
    if (tint >= 0) this.put(this.added, book, slot, tint, 1);
    this.shown[slot] = tint + 1;
  }

  put(list, book, slot, tint, sign) {
    const [low, high] = [book.low[slot], book.high[slot]];
    const p = this.position;
    const length = Math.hypot(p[2 * low] - p[2 * high], p[2 * low + 1] - p[2 * high + 1]);
    const weight = this.panel === DIFFERENCE ? 2 : LENGTHS.findIndex((most) => length <= most * this.spacing);
    const offset = (3 * weight + tint) * this.citizens;
    list.push(low + offset, high + offset);
    this.length[tint] += sign * length * WEIGHTS[weight];
  }

  // Return what to take off and to add, at most `budget` ties beyond what has changed, and whether all are counted then. The order is
  // scattered, so that a part of the ties looks like all of them.
  work(book, budget) {
    const stride = coprime(book.size);
    for (let todo = budget; todo > 0 && this.cursor < book.size; todo--, this.cursor++) {
      this.update(book, (this.cursor * stride) % book.size);
    }
    const found = { taken: new Uint32Array(this.taken), added: new Uint32Array(this.added), whole: this.cursor >= book.size };
    this.taken = [];
    this.added = [];
    return found;
  }
}

// The citizens of one panel.
class Dots {
  constructor(gl, places) {
    this.gl = gl;
    this.buffers = [0, 1, 2].map(() => gl.createBuffer());
    this.array = vertices(gl, places, [[2, 0]], 8, 0);
    gl.bindVertexArray(this.array);
    for (const [k, size, type] of [[0, 3, gl.UNSIGNED_BYTE], [1, 3, gl.UNSIGNED_BYTE], [2, 1, gl.UNSIGNED_BYTE]]) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[k]);
      gl.enableVertexAttribArray(k + 1);
      if (k < 2) gl.vertexAttribPointer(k + 1, size, type, true, 0, 0);
      else gl.vertexAttribIPointer(k + 1, size, type, 0, 0);
    }
    gl.bindVertexArray(null);
  }

  set(...values) {
    values.forEach((bytes, k) => {
      this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[k]);
      this.gl.bufferData(this.gl.ARRAY_BUFFER, bytes, this.gl.DYNAMIC_DRAW);
    });
  }

  forget() {
    for (const buffer of this.buffers) this.gl.deleteBuffer(buffer);
    this.gl.deleteVertexArray(this.array);
  }
}

// How wide a citizen is, in pixels of the page.
export function dotSize(view, panel) {
  return Math.min(Math.max(0.84 * view.spacing * view.camera.scale(panel), 2), 34);
}

function coprime(size) {
  const common = (a, b) => (b ? common(b, a % b) : a);
  let stride = Math.max(1, Math.floor(0.618 * size));
  while (size && common(stride, size) !== 1) stride++;
  return stride;
}

// The box of a panel in pixels of the canvas, counted from below.
function onCanvas(gl, panel, ratio) {
  const [left, width, height] = [panel.left, panel.width, panel.height].map((length) => Math.round(length * ratio));
  return [left, gl.canvas.height - Math.round(panel.top * ratio) - height, Math.max(width, 1), Math.max(height, 1)];
}

function vertices(gl, buffer, parts, stride, divisor) {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  parts.forEach(([size, offset], k) => {
    gl.enableVertexAttribArray(k);
    gl.vertexAttribPointer(k, size, gl.FLOAT, false, stride, offset);
    gl.vertexAttribDivisor(k, divisor);
  });
  gl.bindVertexArray(null);
  return array;
}

function program(gl, [vertex, fragment]) {
  const it = gl.createProgram();
  for (const [type, code] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, code);
    gl.compileShader(shader);
    gl.attachShader(it, shader);
  }
  gl.linkProgram(it);
  if (!gl.getProgramParameter(it, gl.LINK_STATUS) && !gl.isContextLost()) {
    const log = gl.getAttachedShaders(it).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`a shader does not compile: ${log.join(" ")} ${gl.getProgramInfoLog(it)}`);
  }
  const known = new Map();
  const at = (name) => known.get(name) ?? known.set(name, gl.getUniformLocation(it, name)).get(name);
  return { it, at };
}
