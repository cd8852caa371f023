// The picture to take along: with its titles and legend, as a PNG or, while time passes, as a film.

import { save } from "./save.js";

const MARGIN = 16; // pixels of the page, as all lengths here
const LINE = 20;

// Makes the copies that Python orders by { kind: "png", name, about } and { kind: "webm", name, on, about }, and tells when one is saved.
export class Copies {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.wanted = []; // pictures ordered: { name, about }
    this.film = null; // { print, stop } while it is made
  }

  order({ kind, name, on, about }, redraw) {
    if (kind === "png") this.wanted.push({ name, about });
    else if (on) this.filmSoon ??= { name, about };
    else this.close();
    redraw();
  }

  // Take what has just been drawn: { canvas, ratio, theme, words }.
  take(drawn) {
    if (this.filmSoon && !this.film) this.begin(drawn);
    if (this.film) this.print(this.film.print, drawn);
    for (const { name, about } of this.wanted.splice(0)) {
      const print = new Print(about);
      this.print(print, drawn);
      print.canvas.toBlob((blob) => this.saved("png", name, blob), "image/png");
    }
  }

  print(print, { canvas, ratio, theme, words }) {
    const face = getComputedStyle(this.el).fontFamily;
    print.draw({ canvas, ratio, theme, face, titles: words.captions, entries: words.entries, caption: words.all.caption ?? "" });
  }

  begin(drawn) {
    const { name, about } = this.filmSoon;
    const print = new Print(about);
    this.print(print, drawn);
    print.isFixed = true;
    this.film = { print, stop: film(print.canvas, (blob) => this.saved("webm", name, blob)) };
    this.el.dataset.filming = name;
  }

  saved(kind, name, blob) {
    save(blob, name);
    this.model.send({ do: "exported", kind, bytes: blob.size });
  }

  close() {
    this.film?.stop();
    this.film = this.filmSoon = null;
    delete this.el.dataset.filming;
  }
}

// Draws a picture and its words on a canvas of its own. about: which worlds these are, in parts between " · ".
class Print {
  constructor(about = "") {
    this.about = about;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d");
  }

  // canvas: the picture; titles: [{ text, left, top }]; entries: of the legend; face: the font family.
  draw({ canvas, ratio, titles, entries, theme, face, caption }) {
    const { pen } = this;
    const [width, height] = [canvas.width / ratio, canvas.height / ratio];
    pen.font = `13px ${face}`;
    const rows = this.rows(entries, width - 2 * MARGIN);
    const lines = [caption, ...this.lines(width - 2 * MARGIN)].filter(Boolean);
    // A film cannot change its size: it keeps the first.
    const size = [Math.round(width * ratio), Math.round((height + (rows.length + lines.length + 1) * LINE) * ratio)];
    if (!this.isFixed && (this.canvas.width !== size[0] || this.canvas.height !== size[1])) [this.canvas.width, this.canvas.height] = size;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = theme.hexes.paper;
    pen.fillRect(0, 0, size[0], size[1]);
    pen.drawImage(canvas, 0, 0, width, height);
    pen.fillStyle = theme.hexes.ink;
    for (const { text, left, top } of titles) {
      pen.font = `600 15px ${face}`;
      pen.fillText(text, Math.max(left, MARGIN), top + 15);
    }
    pen.font = `13px ${face}`;
    rows.forEach((row, k) => row.forEach(({ entry, left }) => this.entry(entry, left, height + (k + 1) * LINE, theme)));
    pen.fillStyle = theme.hexes.quiet;
    lines.forEach((text, k) => pen.fillText(text, MARGIN, height + (rows.length + k + 1) * LINE));
  }

  // What it is about, in lines that fit.
  lines(room) {
    const lines = [];
    for (const part of this.about.split(" · ").filter(Boolean)) {
      const longer = lines.length ? `${lines.at(-1)} · ${part}` : part;
      if (lines.length && this.pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
      else lines.push(part);
    }
    return lines;
  }

  rows(entries, room) {
    const rows = [[]];
    let left = MARGIN;
    for (const entry of entries) {
      const wide = this.wide(entry);
      if (left + wide > room + MARGIN && rows.at(-1).length) [left] = [MARGIN, rows.push([])];
      rows.at(-1).push({ entry, left });
      left += wide + 20;
    }
    return rows;
  }

  wide({ kind, text, low, high, unit }) {
    if (kind === "scale") return this.pen.measureText(`${text} ${low} ${high} ${unit}`).width + 130;
    return this.pen.measureText(text).width + (kind === "name" ? 0 : 24);
  }

  entry(entry, from, base, theme) {
    const { pen } = this;
    let left = from;
    const write = (text) => {
      pen.fillStyle = theme.hexes.ink;
      pen.fillText(text, left, base);
      left += pen.measureText(text).width + 6;
    };
    if (entry.kind === "scale") {
      write(entry.text);
      write(entry.low);
      for (let k = 0; k < 100; k++) {
        const row = 3 * Math.round(1 + (k * 254) / 99);
        pen.fillStyle = `rgb(${entry.table.slice(row, row + 3).join(" ")})`;
        pen.fillRect(left + k, base - 10, 1.5, 10);
      }
      left += 106;
      write(entry.high);
      return write(entry.unit);
    }
    if (entry.kind === "mark") {
      drawMark(pen, entry.shape, entry.colour, left + 8, base - 5);
      left += 22;
    }
    write(entry.text);
  }
}

// A mark of the legend, about 12 pixels wide, around a place.
export function drawMark(pen, shape, colour, x, y) {
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = shape === "line" ? 2.5 : 1.6;
  pen.beginPath();
  if (shape === "line") for (const a of [-8, 8]) pen.lineTo(x + a, y);
  else if (shape === "official") for (const [a, b] of [[0, -6], [6, 0], [0, 6], [-6, 0], [0, -6]]) pen.lineTo(x + a, y + b);
  else pen.arc(x, y, shape === "locked" ? 2.2 : 5, 0, 2 * Math.PI);
  if (shape === "dot" || shape === "locked") pen.fill();
  else pen.stroke();
  if (shape !== "locked") return;
  pen.beginPath();
  pen.lineWidth = 1;
  pen.arc(x, y, 5.5, 0, 2 * Math.PI);
  pen.stroke();
}

// Films a canvas until it is stopped. Returns what stops it; `done` then gets the film.
function film(canvas, done) {
  const kind = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"].find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: kind, videoBitsPerSecond: 8_000_000 });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => done(new Blob(parts, { type: "video/webm" }));
  recorder.start(1000);
  return () => recorder.state !== "inactive" && recorder.stop();
}
