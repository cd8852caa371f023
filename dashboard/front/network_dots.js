// Draws the citizens. Many small ones are drawn once as a map, which pixel shows whom; after that a frame only looks their colours up.

const MANY = 1500; // citizens from which on a map is worth it, and how wide they are then at most
const SMALL = 6;
const ROW = 1024; // citizens in a row of a texture of colours
const SPECIAL = 3; // marks of an official or of who is removed: drawn as a shape of its own, also over a map

export class Dots {
  // places: the buffer of positions; corners: a vertex array of nothing.
  constructor(gl, programs, places, citizens, corners) {
    Object.assign(this, { gl, programs, citizens, corners });
    this.places = places;
    this.panels = new Map(); // panel -> its colours
    this.maps = new Map(); // size -> the map of it, and of which camera it is
  }

  // Colours of a panel's citizens, 4 bytes each, as many as whole rows (see `rows`) have; and their marks.
  set(panel, from, to, marks) {
    const gl = this.gl;
    if (!this.panels.has(panel)) this.panels.set(panel, this.colours());
    const found = this.panels.get(panel);
    [from, to].forEach((bytes, k) => {
      gl.bindTexture(gl.TEXTURE_2D, found.textures[k]);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, ROW, bytes.length / 4 / ROW, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    });
    [from, to, marks].forEach((bytes, k) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, found.buffers[k]);
      gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
    });
    const special = [];
    for (let i = 0; i < marks.length; i++) if (marks[i] & SPECIAL) special.push(i);
    found.special = special.length;
    gl.bindVertexArray(found.array);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array(special), gl.DYNAMIC_DRAW);
    gl.bindVertexArray(null);
  }

  colours() {
    const gl = this.gl;
    const found = { buffers: [0, 1, 2].map(() => gl.createBuffer()), textures: [0, 1].map(() => gl.createTexture()) };
    for (const texture of found.textures) blank(gl, texture, gl.RGBA8, ROW, rows(this.citizens) / ROW);
    found.array = vertices(gl, this.places, [[2, 0]], 8, 0);
    gl.bindVertexArray(found.array);
    found.buffers.forEach((buffer, k) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(k + 1);
      if (k < 2) gl.vertexAttribPointer(k + 1, 3, gl.UNSIGNED_BYTE, true, 4, 0);
      else gl.vertexAttribIPointer(k + 1, 1, gl.UNSIGNED_BYTE, 0, 0);
    });
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bindVertexArray(null);
    return found;
  }

  isMapped(view, panel) {
    return this.citizens > MANY && this.panels.has(panel.number) && dotSize(view, panel) < SMALL;
  }

  // Draw the map of a panel where it is wanted and not as the camera stands.
  prepare(view, panel) {
    const gl = this.gl;
    const found = this.panels.get(panel.number);
    if (!this.isMapped(view, panel)) return;
    const [, , width, height] = onCanvas(gl, panel, view.ratio);
    const size = `${width} ${height}`;
    if (!this.maps.has(size)) this.maps.set(size, this.map(width, height));
    const map = this.maps.get(size);
    const camera = view.camera.values.join();
    if (map.camera === camera) return;
    map.camera = camera;
    gl.bindFramebuffer(gl.FRAMEBUFFER, map.frame);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    gl.disable(gl.BLEND);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.points(this.programs.MAP, view, panel, found, () => gl.drawArrays(gl.POINTS, 0, this.citizens));
  }

  map(width, height) {
    const gl = this.gl;
    // Those of sizes that are no more.
    for (const old of this.maps.values()) this.drop(old);
    this.maps.clear();
    const map = { texture: gl.createTexture(), frame: gl.createFramebuffer() };
    blank(gl, map.texture, gl.RGBA8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, map.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, map.texture, 0);
    return map;
  }

  draw(view, panel) {
    const gl = this.gl;
    const found = this.panels.get(panel.number);
    if (!found) return;
    const all = () => gl.drawArrays(gl.POINTS, 0, this.citizens);
    const special = () => gl.drawElements(gl.POINTS, found.special, gl.UNSIGNED_INT, 0);
    this.points(this.programs.DOT, view, panel, found, this.isMapped(view, panel) ? special : all);
  }

  // Give the map and the colours of a panel to a program that shows them; the first unit of textures is left free.
  bind(at, view, panel) {
    const gl = this.gl;
    const [, , width, height] = onCanvas(gl, panel, view.ratio);
    [this.maps.get(`${width} ${height}`).texture, ...this.panels.get(panel.number).textures].forEach((texture, k) => {
      gl.activeTexture(gl.TEXTURE1 + k);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform1i(at(["map", "from", "to"][k]), k + 1);
    });
    gl.activeTexture(gl.TEXTURE0);
    gl.uniform1f(at("tween"), view.tween);
  }

  points(program, view, panel, found, draw) {
    const gl = this.gl;
    const { it, at } = program;
    gl.useProgram(it);
    look(gl, program, view, panel);
    gl.uniform1f(at("size"), dotSize(view, panel) * view.ratio);
    gl.uniform1f(at("ratio"), view.ratio);
    gl.uniform1f(at("tween"), view.tween);
    gl.uniform3f(at("ink"), ...view.theme.ink);
    gl.uniform3f(at("paper"), ...view.theme.paper);
    gl.bindVertexArray(found.array);
    draw();
    gl.bindVertexArray(null);
  }

  drop({ texture, frame }) {
    this.gl.deleteTexture(texture);
    this.gl.deleteFramebuffer(frame);
  }

  close() {
    const gl = this.gl;
    for (const map of this.maps.values()) this.drop(map);
    for (const { buffers, textures, array } of this.panels.values()) {
      for (const buffer of buffers) gl.deleteBuffer(buffer);
      for (const texture of textures) gl.deleteTexture(texture);
      gl.deleteVertexArray(array);
    }
  }
}

// How many citizens there is room for in whole rows of a texture of colours.
export function rows(citizens) {
  return ROW * Math.ceil(citizens / ROW);
}

// How wide a citizen is, in pixels of the page.
export function dotSize(view, panel) {
  return Math.min(Math.max(0.84 * view.spacing * view.camera.scale(panel), 2), 34);
}

// Tell a program where the camera looks (see network_shaders.js).
export function look(gl, { at }, view, panel) {
  const scale = view.camera.scale(panel);
  gl.uniform4f(at("look"), view.camera.x, view.camera.y, (2 * scale) / panel.width, (2 * scale) / panel.height);
}

// Make a texture of a size, without interpolation.
export function blank(gl, texture, format, width, height) {
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
}

// The box of a panel in pixels of the canvas, counted from below.
export function onCanvas(gl, panel, ratio) {
  const [left, width, height] = [panel.left, panel.width, panel.height].map((length) => Math.round(length * ratio));
  return [left, gl.canvas.height - Math.round(panel.top * ratio) - height, Math.max(width, 1), Math.max(height, 1)];
}

export function vertices(gl, buffer, parts, stride, divisor) {
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
