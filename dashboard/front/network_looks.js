// The theme of the page, and ties that were just made or cut.

import { isLost } from "./lost.js";

export const CAUSES = ["distrust", "score", "informer", "lot", "hand", "unknown"];
// On light pages and on dark ones: none is a colour of the scales, of which vermillion and blue are also ties of one world only.
const CAUSE_HUES = [["#c98500", "#e69f00"], ["#3a97d4", "#7cc8f2"], ["#cc79a7", "#cc79a7"], ["#8a8a8a", "#8a8a8a"], ["#1b1b1b", "#eceae4"], ["#8a8a8a", "#8a8a8a"]];
export const MADE_HUE = "#009e73";
const LASTING = 900; // milliseconds that a cut is seen, and that a tie takes to fade in
const MOST_LIVELY = 500; // ties that move at a time in a panel, at most; and on a slow machine
const FEW_LIVELY = 40;
const CROWD = 30; // from which number on they are paler, so that a busy week does not hide the rest

const share = (byte) => byte / 255;
export const rgb = (hex) => [1, 3, 5].map((k) => share(parseInt(hex.slice(k, k + 2), 16)));
const mixed = (one, other, part) => one.map((value, k) => value * (1 - part) + other[k] * part);

const PAGE = { paper: ["#ffffff", "#121212"], ink: ["#1b1b1b", "#eceae4"], quiet: ["#5d5d5d", "#a9a59c"], shade: ["#f3f1eb", "#292826"] };

// The colours of the page where an element stands, from 0 to 1; `before` where they have not changed.
export function themeOf(el, before) {
  const style = getComputedStyle(el);
  const night = el.closest(".theme--dark") ? 1 : 0;
  const names = Object.keys(PAGE);
  const found = names.map((name) => style.getPropertyValue(`--${name}`).trim() || PAGE[name][night]);
  if (before?.key === found.join()) return before;
  const hexes = Object.fromEntries(names.map((name, k) => [name, hexOf(found[k])]));
  const [paper, ink, quiet, shade] = names.map((name) => rgb(hexes[name]));
  const dark = paper[0] + paper[1] + paper[2] < 1.2;
  const kinds = [mixed(ink, rgb("#e69f00"), 0.35), mixed(ink, rgb("#0072b2"), 0.35), quiet];
  const sides = [rgb("#d55e00"), quiet, rgb(dark ? "#56b4e9" : "#0072b2")];
  return { key: found.join(), hexes, paper, ink, quiet, shade, dark, tints: [kinds, sides] };
}

// A colour as CSS may write it, in hexadecimal.
function hexOf(colour) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour;
  return pen.fillStyle;
}

// Whether nobody sees the page, or nobody could answer it.
export const isOff = () => document.hidden || isLost();

// Ties that were just made or cut, as strokes that move for a moment.
export class Lively {
  constructor() {
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.clear();
  }

  clear() {
    this.list = [];
    this.turn = 0;
  }

  take(panel, { made, cut }, now, isSlow) {
    if (this.still) return;
    const seen = [...made.map((ends) => [...ends, -1]), ...cut.filter(([, , cause]) => cause < CAUSES.length)];
    const room = (isSlow ? FEW_LIVELY : MOST_LIVELY) - this.list.filter((one) => one.panel === panel).length;
    const every = Math.max(1, seen.length / Math.max(room, 5));
    for (let k = this.turn++ % every; k < seen.length; k += every) this.list.push({ panel, ends: seen[Math.floor(k)], since: now });
  }

  // The strokes of all panels, for a painter; what is over is forgotten.
  strokes(position, now, theme) {
    this.list = this.list.filter((one) => now - one.since < LASTING);
    const found = new Map();
    const pale = Math.max(0.3, Math.min(1, Math.sqrt(CROWD / Math.max(this.list.length, 1))));
    for (const { panel, ends: [low, high, cause], since } of this.list) {
      const age = Math.max(0, (now - since) / LASTING);
      const [a, b] = [low, high].map((citizen) => [position[2 * citizen], position[2 * citizen + 1]]);
      if (!found.has(panel)) found.set(panel, []);
      const list = found.get(panel);
      if (cause < 0) list.push([...a, ...b, ...rgb(MADE_HUE), 0.6 * pale * Math.sin(Math.PI * age), 1.1, 0]);
      else {
        // A cut flashes whole, then breaks in the middle, and both halves draw back to their ends.
        const left = 0.5 * (1 - Math.max(0, age - 0.25) / 0.75) ** 2;
        const ink = [...hueOfCause(cause, theme), 0.95 * pale * (1 - age * age), age < 0.25 ? 2 : 1.4, 0];
        list.push([...a, ...mixed(a, b, left), ...ink], [...b, ...mixed(b, a, left), ...ink]);
      }
    }
    return found;
  }
}

export function hueOfCause(cause, theme) {
  return rgb(CAUSE_HUES[cause][theme.dark ? 1 : 0]);
}
