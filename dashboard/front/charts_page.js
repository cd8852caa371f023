// What the charts take from the page: its colours, its type, its width, and the words.

const COLOURS = { blue: "#0072b2", green: "#009e73", vermillion: "#d55e00" };
const DARK_COLOURS = { blue: "#56b4e9", green: "#2bbf93", vermillion: "#f0803c" };
const NARROWEST = 14.5; // em of a panel
const GAP = 1.7; // em between panels
const MOST_COLUMNS = 5;

const reader = document.createElement("canvas").getContext("2d"); // turns any colour that CSS knows into #rrggbb

// The colours and the type of the page as an element has them. A page that names its colours (--blue, ...) is obeyed.
export function themeOf(el) {
  const style = getComputedStyle(el);
  const read = (name, otherwise) => {
    reader.fillStyle = otherwise;
    reader.fillStyle = style.getPropertyValue(`--${name}`).trim() || otherwise;
    return reader.fillStyle;
  };
  const night = Boolean(el.closest(".theme--dark"));
  const theme = { paper: read("paper", night ? "#1e1e1e" : "#fffefb") };
  const dark = rgb(theme.paper).reduce((sum, part) => sum + part) < 300;
  theme.dark = dark;
  theme.ink = read("ink", dark ? "#eceae4" : "#1b1b1b");
  theme.quiet = read("quiet", dark ? "#a9a59c" : "#5d5d5d");
  theme.rule = read("rule", dark ? "#3d3b37" : "#d9d6cf");
  theme.shade = read("shade", dark ? "#292826" : "#f3f1eb");
  for (const [name, colour] of Object.entries(dark ? DARK_COLOURS : COLOURS)) theme[name] = read(name, colour);
  theme.lever = read("lever", dark ? "#d78bb5" : "#8f3f6e");
  theme.size = parseFloat(style.fontSize);
  theme.small = theme.size * (el.closest("[data-projector]") ? 1 : 0.86);
  theme.face = style.fontFamily;
  theme.key = Object.values(theme).join();
  return theme;
}

function rgb(hex) {
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

// One colour with a share of another.
export function mixed(one, other, share) {
  const [a, b] = [rgb(one), rgb(other)];
  return `#${a.map((part, k) => Math.round(part * (1 - share) + b[k] * share).toString(16).padStart(2, "0")).join("")}`;
}

// The colour of a line: the left one of two worlds is light.
export function lineColour(theme, name, side, isTwin) {
  return isTwin && side === "left" ? mixed(theme[name], theme.paper, 0.52) : theme[name];
}

// A colour to write in, which has to be told from the paper more clearly than a line has.
export function wordColour(theme, name) {
  return theme.dark ? theme[name] : mixed(theme[name], "#000000", 0.18);
}

// How many columns there are, and how many of them each panel takes: trust has four lines to name and takes two; the panels of the last
// row share what is left of it.
export function spread(kinds, width, size) {
  const columns = Math.max(1, Math.min(MOST_COLUMNS, kinds.length, Math.floor((width / size + GAP) / (NARROWEST + GAP))));
  const spans = kinds.map((name) => (name === "trust" && columns > 1 ? 2 : 1));
  const last = spans.reduce((sum, span) => sum + span, 0) % columns;
  const free = last ? columns - last : 0;
  for (let k = 0; k < free; k++) spans[kinds.length - 1 - (k % last)]++;
  return { columns, spans };
}

// The words of a key, with facts in their {places}; a key without words is shown as it is, so that it is noticed.
export function say(words, key, facts = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => facts[name] ?? place);
}

// Which week it is once so many are over.
export function weekOf(words, ticks, weeksPerYear) {
  if (ticks < 1) return say(words, "timeline.before");
  const [year, week] = [Math.floor((ticks - 1) / weeksPerYear) + 1, ((ticks - 1) % weeksPerYear) + 1];
  return say(words, "timeline.week", { year, week });
}

// A number with so many decimals, and with its sign where it is a difference.
export function numeral(value, decimals, isDifference = false) {
  const text = value.toFixed(decimals);
  const plain = Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
  return isDifference && Number(text) > 0 ? `+${plain}` : plain;
}

// Sorted places at least `gap` apart, between `low` and `high`, as near to the wished ones as one sweep down and one up gets them.
export function apart(wished, gap, low, high) {
  const places = [...wished];
  for (let k = 0; k < places.length; k++) places[k] = Math.max(places[k], k ? places[k - 1] + gap : low);
  let limit = high;
  for (let k = places.length - 1; k >= 0; k--) {
    places[k] = Math.min(places[k], limit);
    limit = places[k] - gap;
  }
  return places;
}
