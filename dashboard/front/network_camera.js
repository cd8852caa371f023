// Where the viewer looks: a point of the unit square and a zoom; and what mouse, fingers and keys do to it.

const CLOSEST = 60;
const STEP = 1.35; // of a key or a click of the wheel
const STILL = 5; // pixels that a pointer may move and still click
const REACH = 12; // pixels around a citizen that still point at it

export class Camera {
  constructor() {
    this.set([0.5, 0.5, 1]);
  }

  // Takes what comes, and keeps within bounds.
  set([x, y, zoom]) {
    this.zoom = Math.min(Math.max(Number(zoom) || 1, 1), CLOSEST);
    const room = 0.5 - 0.35 / this.zoom;
    this.x = Math.min(Math.max(Number(x) || 0, 0.5 - room), 0.5 + room);
    this.y = Math.min(Math.max(Number(y) || 0, 0.5 - room), 0.5 + room);
  }

  get values() {
    return [this.x, this.y, this.zoom].map((value) => Math.round(value * 1e5) / 1e5);
  }

  // Pixels that the unit square measures in a panel.
  scale(panel) {
    return Math.min(panel.width, panel.height) * this.zoom;
  }

  // The point of the unit square under a place of a panel.
  under(panel, left, top) {
    const scale = this.scale(panel);
    return [this.x + (left - panel.left - panel.width / 2) / scale, this.y + (top - panel.top - panel.height / 2) / scale];
  }

  // The place in a panel of a point of the unit square.
  place(panel, x, y) {
    const scale = this.scale(panel);
    return [panel.left + panel.width / 2 + (x - this.x) * scale, panel.top + panel.height / 2 + (y - this.y) * scale];
  }

  // Zoom so that the point under a place stays there.
  zoomAt(panel, left, top, factor) {
    const [x, y] = this.under(panel, left, top);
    const zoom = Math.min(Math.max(this.zoom * factor, 1), CLOSEST);
    const by = this.zoom / zoom;
    this.set([x + (this.x - x) * by, y + (this.y - y) * by, zoom]);
  }

  pan(panel, across, down) {
    const scale = this.scale(panel);
    this.set([this.x - across / scale, this.y - down / scale, this.zoom]);
  }

  // The citizen nearest to a place of a panel, -1 if none is near; position: x and y of each.
  pick(panel, left, top, position, radius) {
    const [x, y] = this.under(panel, left, top);
    let best = (Math.max(REACH, radius) / this.scale(panel)) ** 2;
    let found = -1;
    for (let i = 0, k = 0; k < position.length; i++, k += 2) {
      const distance = (position[k] - x) ** 2 + (position[k + 1] - y) ** 2;
      if (distance < best) [best, found] = [distance, i];
    }
    return found;
  }
}

// Let a canvas be moved by mouse, fingers and keys. `panelAt(left, top)` gives the panel under a place; told are `moved`, `settled`
// (the movement is over), `clicked(panel, left, top)` and `pointed(panel, left, top)`, or `pointed(null)`. Returns what undoes it.
export function letMove(canvas, camera, panelAt, { moved, settled, clicked, pointed }) {
  const down = new Map(); // pointers that are pressed: where they are
  let travelled = 0;
  let pause = 0;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = () => {
    const all = [...down.values()];
    const [x, y] = [0, 1].map((k) => all.reduce((sum, place) => sum + place[k], 0) / all.length);
    return [x, y, all.length > 1 ? Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]) : 0];
  };
  const settleSoon = () => {
    clearTimeout(pause);
    pause = setTimeout(settled, 250);
  };

  const listeners = {
    pointerdown: (event) => {
      if (event.button > 0) return;
      canvas.setPointerCapture(event.pointerId);
      if (!down.size) travelled = 0;
      down.set(event.pointerId, at(event));
    },
    pointermove: (event) => {
      const place = at(event);
      const panel = panelAt(...place);
      if (!down.has(event.pointerId)) return pointed(panel, ...place);
      const [x, y, apart] = middle();
      down.set(event.pointerId, place);
      const [nowX, nowY, nowApart] = middle();
      travelled += Math.hypot(nowX - x, nowY - y) + Math.abs(nowApart - apart);
      if (!panel || (travelled < STILL && down.size === 1)) return;
      camera.pan(panel, nowX - x, nowY - y);
      if (apart > 0 && nowApart > 0) camera.zoomAt(panel, nowX, nowY, nowApart / apart);
      moved();
    },
    pointerup: (event) => {
      if (!down.delete(event.pointerId) || down.size) return;
      const place = at(event);
      const panel = panelAt(...place);
      if (travelled >= STILL) settled();
      else if (panel) clicked(panel, ...place);
    },
    pointercancel: (event) => down.delete(event.pointerId),
    pointerleave: () => pointed(null),
    wheel: (event) => {
      const place = at(event);
      const panel = panelAt(...place);
      if (!panel) return;
      event.preventDefault(); // the page does not scroll
      const lines = event.deltaMode === 1 ? 33 : 1;
      camera.zoomAt(panel, ...place, Math.exp(-Math.max(-100, Math.min(100, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.003)));
      moved();
      settleSoon();
    },
    dblclick: (event) => {
      const place = at(event);
      const panel = panelAt(...place);
      if (!panel) return;
      camera.zoomAt(panel, ...place, event.shiftKey ? 1 / STEP ** 2 : STEP ** 2);
      moved();
      settleSoon();
    },
    keydown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const zoom = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
      if (zoom) camera.set([camera.x, camera.y, camera.zoom * zoom]);
      else if (event.key === "0") camera.set([0.5, 0.5, 1]);
      else return;
      event.preventDefault();
      moved();
      settleSoon();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) canvas.addEventListener(name, listener, { passive: false });
  return () => {
    clearTimeout(pause);
    for (const [name, listener] of Object.entries(listeners)) canvas.removeEventListener(name, listener);
  };
}
