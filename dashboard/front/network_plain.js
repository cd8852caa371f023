// Draws the picture where there is no WebGL2: the same view, as a plain canvas can. Only some thousand ties are shown.

import { dotSize } from "./network_dots.js";

const TIES = 3000; // of each panel
const [OFFICIAL, REMOVED] = [1, 2];

export class PlainPainter {
  constructor(canvas) {
    this.pen = canvas.getContext("2d");
    this.kind = "plain";
    this.colours = new Map();
  }

  setScene({ position, citizens }) {
    Object.assign(this, { position, citizens });
    this.colours.clear();
  }

  setColours(panel, from, to, marks) {
    this.colours.set(panel, { from, to, marks });
  }

  retie() {} // ties are read from the book when they are drawn

  invalidate() {}

  close() {}

  paint(view) {
    const pen = this.pen;
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.fillStyle = css(view.theme.paper);
    pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
    for (const panel of view.panels) {
      pen.save();
      pen.beginPath();
      pen.rect(panel.left, panel.top, panel.width, panel.height);
      pen.clip();
      for (const disc of view.regions) this.drawDisc(view, panel, disc);
      this.drawTies(view, panel);
      for (const stroke of view.strokes.get(panel.number) ?? []) this.drawStroke(view, panel, stroke);
      this.drawDots(view, panel);
      for (const disc of view.rings.get(panel.number) ?? []) this.drawDisc(view, panel, disc);
      pen.restore();
    }
    return false;
  }

  drawTies(view, panel) {
    const { book } = view;
    const step = Math.max(1, Math.ceil(book.size / TIES));
    const tints = view.theme.tints[panel.number === 2 ? 1 : 0];
    const paths = tints.map(() => new Path2D());
    for (let slot = 0; slot < book.size; slot += step) {
      const tint = book.tint(slot, panel.number);
      if (tint < 0) continue;
      paths[tint].moveTo(...this.at(view, panel, book.low[slot]));
      paths[tint].lineTo(...this.at(view, panel, book.high[slot]));
    }
    this.pen.lineWidth = 0.5;
    paths.forEach((path, tint) => {
      this.pen.strokeStyle = css(tints[tint], 0.25);
      this.pen.stroke(path);
    });
  }

  at(view, panel, citizen) {
    return view.camera.place(panel, this.position[2 * citizen], this.position[2 * citizen + 1]);
  }

  drawDots(view, panel) {
    const found = this.colours.get(panel.number);
    if (!found) return;
    const { pen } = this;
    const wide = dotSize(view, panel);
    for (let i = 0; i < this.citizens; i++) {
      const [x, y] = this.at(view, panel, i);
      const mixed = [0, 1, 2].map((k) => (found.from[4 * i + k] * (1 - view.tween) + found.to[4 * i + k] * view.tween) / 255);
      const official = found.marks[i] & OFFICIAL;
      const half = (official ? Math.max(1.5 * wide, 7) : wide) / 2;
      pen.beginPath();
      if (official) for (const [a, b] of [[0, -half], [half, 0], [0, half], [-half, 0]]) pen.lineTo(x + a, y + b);
      else pen.arc(x, y, half, 0, 2 * Math.PI);
      pen.closePath();
      pen.fillStyle = css(found.marks[i] & REMOVED ? view.theme.paper : mixed);
      pen.fill();
      pen.lineWidth = 1;
      pen.strokeStyle = css(official ? view.theme.ink : mixed);
      if (official || found.marks[i] & REMOVED) pen.stroke();
    }
  }

  drawStroke(view, panel, [x1, y1, x2, y2, red, green, blue, alpha, width]) {
    this.pen.beginPath();
    this.pen.moveTo(...view.camera.place(panel, x1, y1));
    this.pen.lineTo(...view.camera.place(panel, x2, y2));
    this.pen.lineWidth = width;
    this.pen.strokeStyle = css([red, green, blue], alpha);
    this.pen.stroke();
  }

  drawDisc(view, panel, [x, y, radius, more, ...rest]) {
    this.pen.beginPath();
    this.pen.arc(...view.camera.place(panel, x, y), radius * view.camera.scale(panel) + more, 0, 2 * Math.PI);
    this.pen.fillStyle = css(rest.slice(0, 3), rest[3]);
    this.pen.fill();
    this.pen.lineWidth = Math.max(rest[8], 0.01);
    this.pen.strokeStyle = css(rest.slice(4, 7), rest[7]);
    this.pen.stroke();
  }
}

// A colour of shares from 0 to 1 as CSS writes it.
export function css(colour, alpha = 1) {
  return `rgb(${colour.map((share) => Math.round(255 * share)).join(" ")} / ${alpha})`;
}
