// The words of the picture: a title above each panel and the legend below. They come from Python, in the viewer's language.

import { drawMark } from "./network_export.js";
import { CAUSES, hueOfCause, MADE_HUE } from "./network_looks.js";
import { DIFFERENCE } from "./network_ties.js";

export const HEAD = 26; // pixels above the picture for a panel's title

export class Words {
  constructor(model, el) {
    this.model = model;
    this.canvas = el.querySelector("canvas");
    this.titles = el.querySelector(".network-titles");
    this.legend = el.querySelector(".network-legend");
    this.regions = el.querySelector(".network-regions");
    this.captions = []; // { text, left, top } of each title
    this.entries = []; // of the legend
  }

  get all() {
    return this.model.get("words");
  }

  // Name the regions of a scene above their discs, in one panel.
  place(scene, camera, panel) {
    const { regions, names } = scene;
    while (this.regions.children.length < names.length) this.regions.append(document.createElement("span"));
    [...this.regions.children].forEach((part, k) => {
      const [x, y, radius] = regions.subarray(4 * k + 1, 4 * k + 4);
      const [left, top] = camera.place(panel, x, y - radius);
      const isInside = left > panel.left && left < panel.left + panel.width && top > panel.top - 9 && top < panel.top + panel.height;
      part.textContent = k < names.length && isInside ? (this.all[`region.${names[k]}`] ?? "") : "";
      Object.assign(part.style, { left: `${left}px`, top: `${top}px` });
    });
  }

  write(panels, header, tables, theme) {
    this.canvas.setAttribute("aria-label", this.all.label ?? "");
    const names = this.model.get("titles");
    this.captions = panels.map(({ number, left, top, width }) => ({ text: titleOf(number, names, this.all), left, top: top - HEAD, width }));
    this.titles.replaceChildren(...this.captions.map(title));
    if (header) this.entries = legendOf(header, tables, theme, this.all, this.model.get("causes"));
    this.legend.replaceChildren(...(header ? this.entries.map(entryPart) : []));
  }
}

function title({ text, left, top, width }) {
  const part = document.createElement("span");
  part.textContent = text;
  Object.assign(part.style, { left: `${left}px`, top: `${top}px`, maxWidth: `${width}px` });
  return part;
}

function entryPart({ kind, text, shape, colour, low, high, unit, table }) {
  const part = document.createElement("span");
  part.className = kind;
  if (kind === "mark") part.append(drawn(18, 14, (pen) => drawMark(pen, shape, colour, 9, 7)));
  part.append(kind === "scale" ? `${text}  ${low}` : text);
  if (kind === "scale") part.append(drawn(110, 12, (pen) => drawScale(pen, table)), unit ? `${high} (${unit})` : high);
  return part;
}

function drawn(width, height, draw) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 2 * width, height: 2 * height });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  draw(pen);
  return canvas;
}

function drawScale(pen, table) {
  for (let k = 0; k < 110; k++) {
    const row = 3 * Math.round(1 + (k * 254) / 109);
    pen.fillStyle = `rgb(${table.slice(row, row + 3).join(" ")})`;
    pen.fillRect(k, 0, 1.5, 12);
  }
}

// The entries of a legend: { kind: "scale", name, low, high, table } or { kind: "mark", shape, colour, text }.
function legendOf(header, tables, theme, words, causes) {
  const table = (ramp) => tables[ramp].subarray(theme.dark ? 768 : 0);
  const side = header.sides[0].legend;
  const entries = [...entriesOf(side, table(side.ramp), words)];
  if (header.difference) entries.push(...entriesOf(header.difference, table(header.difference.ramp), words));
  const text = (key) => words[key] ?? "";
  const ink = theme.hexes.ink;
  for (const shape of ["official", "removed", "locked"]) entries.push({ kind: "mark", shape, colour: ink, text: text(`mark.${shape}`) });
  const grey = hueOf(table(side.ramp), 0);
  if (side.unit !== "belief") entries.push({ kind: "mark", shape: "dot", colour: grey, text: text("mark.missing") });
  for (const [k, kind] of ["kin", "work"].entries()) {
    entries.push({ kind: "mark", shape: "line", colour: hexed(theme.tints[0][k]), text: text(`tie.${kind}`) });
  }
  entries.push({ kind: "mark", shape: "line", colour: MADE_HUE, text: text("tie.made") });
  for (const cause of causes) {
    const colour = hexed(hueOfCause(CAUSES.indexOf(cause), theme));
    entries.push({ kind: "mark", shape: "line", colour, text: text(`tie.cut.${cause}`) });
  }
  if (header.sides.length > 1) {
    for (const [name, tint] of [["left", 0], ["right", 2]]) {
      entries.push({ kind: "mark", shape: "line", colour: hexed(theme.tints[1][tint]), text: text(`tie.only.${name}`) });
    }
  }
  return entries.filter((entry) => entry.text !== "");
}

function* entriesOf(legend, table, words) {
  const name = words[`colour.${legend.name}`] ?? "";
  if (legend.ramp !== "categorical") {
    const form = { maximumFractionDigits: 2, signDisplay: "negative" };
    const number = (value) => value.toLocaleString(words.language || "en", form).replace("-", "−");
    const unit = words[`unit.${legend.unit}`] ?? "";
    const [low, high] = [legend.low, legend.high].map((value, k) => (legend.open_ends[k] ? "≤≥"[k] : "") + number(value));
    yield { kind: "scale", text: name, low, high, unit, table };
  } else if (legend.labels.length) {
    yield { kind: "name", text: name };
    for (const [k, text] of legend.labels.entries()) {
      yield { kind: "mark", shape: "dot", colour: hueOf(table, legend.hues[k]), text };
    }
  } else yield { kind: "name", text: name };
}

const hueOf = (table, row) => `#${[...table.subarray(3 * row, 3 * row + 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
const hexed = (colour) => `#${colour.map((part) => Math.round(255 * part).toString(16).padStart(2, "0")).join("")}`;

// The title of a panel: a world's name, or what the difference is.
function titleOf(panel, titles, words) {
  if (panel === DIFFERENCE) return words["panel.difference"] ?? "";
  return titles[panel] ?? "";
}
