// Draws the picture with WebGL2. Ties are counted, not painted: each adds 1 to every pixel it crosses, in a texture for each panel, and
// one that is cut takes 1 away again, so that a frame costs what has changed; the counts become ink afterwards. After a movement the
// texture is counted anew, as many ties at a time as the machine draws without falling behind. Where far more ties cross than a panel has
// room for, only a part of the long ones is drawn, always the same; it grows as one comes closer, and where the machine is fast.

import { blank, Dots, look, onCanvas, vertices } from "./network_dots.js";
import { DISC, DOT, INK, MAP, MAPPED, STROKE, TIE } from "./network_shaders.js";
import { Sheet, WEIGHTS } from "./network_sheet.js";
import { DIFFERENCE } from "./network_ties.js";

const FEWEST = 2000; // ties counted at a time, at least and at most
const MOST = 400000;
const ROOM = 20000; // long ties drawn in a panel that shows everybody, at least
const LONG = 45; // milliseconds of a drawing above which fewer are counted, and below which more
const SHORT = 22;
// How much ink ties of a kind give a pixel of the ground on average, one unit of weight at most, and how much of it all cover at most:
// kin, work, acquaintances; and the same where ties of one world only are shown.
const COVER = [[0.08, 0.07, 0.4], [0.15, 0, 0.15]];
const STRONGEST = [[0.3, 0.22, 0.3], [1.2, 0, 1.2]];
const CEILING = [[0.9, 0.8, 0.4], [0.95, 0, 0.95]];

export class GlPainter {
  // Returns a painter, or null where there is no WebGL2.
  static on(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true });
    return gl && new GlPainter(gl);
  }

  constructor(gl) {
    this.gl = gl;
    this.kind = "webgl2";
    this.budget = 20000;
    this.room = ROOM;
    this.setUp();
  }

  setUp() {
    const gl = this.gl;
    const about = gl.getExtension("WEBGL_debug_renderer_info");
    const software = /swiftshader|llvmpipe|software/i.test(about ? gl.getParameter(about.UNMASKED_RENDERER_WEBGL) : "");
    // Bytes end at 255 where much crosses, but without a graphics processor they are three times as fast.
    this.exact = !software && Boolean(gl.getExtension("EXT_color_buffer_half_float") || gl.getExtension("EXT_color_buffer_float"));
    const codes = Object.entries({ TIE, INK, MAPPED, DOT, MAP, STROKE, DISC });
    this.programs = Object.fromEntries(codes.map(([name, code]) => [name, program(gl, code)]));
    this.corners = gl.createVertexArray();
    this.places = gl.createBuffer();
    this.ends = gl.createVertexArray();
    this.index = gl.createBuffer();
    this.instances = gl.createBuffer();
    this.strokes = vertices(gl, this.instances, [[4, 0], [4, 16], [2, 32]], 40, 1);
    this.discs = vertices(gl, this.instances, [[4, 0], [4, 16], [4, 32], [2, 48]], 56, 1);
    this.sheets = new Map(); // panel -> its count of ties
    this.dots = null; // of a scene
  }

  setScene({ position, citizens, spacing }) {
    const gl = this.gl;
    this.spacing = spacing;
    for (const sheet of this.sheets.values()) this.discard(sheet);
    this.dots?.close();
    this.sheets.clear();
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
    this.dots = new Dots(gl, this.programs, this.places, citizens, this.corners);
  }

  // Colours of a panel's citizens, from and to (see Dots), and their marks.
  setColours(panel, from, to, marks) {
    this.dots.set(panel, from, to, marks);
  }

  // Ties of these slots have changed.
  retie(book, slots) {
    for (const sheet of this.sheets.values()) sheet.change(book, slots);
  }

  invalidate() {
    for (const sheet of this.sheets.values()) sheet.stale = true;
  }

  // Draw a view: { panels, camera, ratio, theme, book, tween, spacing, regions, strokes, rings, lapse }. Returns whether ties are left
  // to be counted. lapse: milliseconds that a drawing takes.
  paint(view) {
    const gl = this.gl;
    if (view.lapse > LONG) this.budget = Math.max(FEWEST, 0.7 * this.budget);
    else if (view.lapse < SHORT) this.budget = Math.min(MOST, 1.25 * this.budget);
    for (const panel of view.panels) this.dots.prepare(view, panel);
    const whole = view.panels.map((panel) => this.count(view, panel)).every(Boolean);
    if (whole && view.lapse < SHORT && view.panels.some((panel) => this.sheets.get(panel.number).share < 1)) {
      this.room *= 2; // the machine is fast: there is time for more
      this.invalidate();
    }
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
      this.drawInk(view, panel);
      this.drawStrokes(view, panel, view.strokes.get(panel.number) ?? []);
      this.dots.draw(view, panel);
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
      const ties = panel.number === DIFFERENCE ? 0 : view.book.count[panel.number];
      sheet.begin(Math.min(1, (this.room * view.camera.zoom ** 2) / Math.max(ties, 1)));
      this.shade(view, panel);
    }
    const { taken, added, whole } = sheet.work(view.book, this.budget / view.panels.length);
    gl.useProgram(this.programs.TIE.it);
    look(gl, this.programs.TIE, view, panel);
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

  // The regions, in the channel of a count that no tie uses.
  shade(view, panel) {
    const gl = this.gl;
    gl.colorMask(false, false, false, true);
    gl.enable(gl.BLEND);
    gl.blendEquation(gl.FUNC_ADD);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.drawDiscs(view, panel, view.regions);
    gl.colorMask(true, true, true, true);
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
    blank(gl, sheet.texture, this.exact ? gl.RGBA16F : gl.RGBA8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, sheet.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, sheet.texture, 0);
  }

  discard(sheet) {
    this.gl.deleteTexture(sheet.texture ?? null);
    this.gl.deleteFramebuffer(sheet.frame ?? null);
  }

  drawInk(view, panel) {
    const gl = this.gl;
    const sheet = this.sheets.get(panel.number);
    const { it, at } = this.dots.isMapped(view, panel) ? this.programs.MAPPED : this.programs.INK;
    const scale = view.camera.scale(panel) * view.ratio;
    const sort = panel.number === DIFFERENCE ? 1 : 0;
    // How many ties of each kind cross a pixel on average decides how much ink one is worth.
    const strength = sheet.sums.map((sum, tint) => Math.min(STRONGEST[sort][tint], COVER[sort][tint] / Math.max(sum / scale, 1e-6)));
    gl.useProgram(it);
    if (it === this.programs.MAPPED.it) this.dots.bind(at, view, panel);
    gl.bindTexture(gl.TEXTURE_2D, sheet.texture);
    gl.uniform1f(at("unit"), this.exact ? 1 : 255);
    gl.uniform2f(at("corner"), ...onCanvas(gl, panel, view.ratio).slice(0, 2));
    gl.uniform3f(at("strength"), ...strength);
    gl.uniform3f(at("ceiling"), ...CEILING[sort].map((most) => (view.focus ? 0.5 * most : most)));
    gl.uniform3f(at("shade"), ...view.theme.shade);
    gl.uniform3fv(at("tints"), view.theme.tints[sort].flat());
    gl.bindVertexArray(this.corners);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
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
    look(gl, { at }, view, panel);
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
