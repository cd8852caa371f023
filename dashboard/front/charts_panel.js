// One panel: a title that enlarges it, and a canvas that says in words what it shows.

import { numeral, say, weekOf } from "./charts_page.js";
import { Lines } from "./charts_lines.js";
import { Scores } from "./charts_scores.js";

export class Panel {
  constructor(panel) {
    this.panel = panel;
    this.painter = panel.kind === "scores" ? new Scores(panel) : new Lines(panel);
    this.el = document.createElement("figure");
    this.el.className = "charts-panel";
    this.el.dataset.panel = panel.name;
    this.el.innerHTML = `<h2><button type="button" class="charts-title"></button></h2><canvas role="img"></canvas>`;
    this.button = this.el.querySelector("button");
    this.canvas = this.el.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.isSeen = true; // is on the screen
  }

  get name() {
    return this.panel.name;
  }

  title(words) {
    return say(words, `charts.panels.${this.name}`);
  }

  setWords(words, isLarge) {
    const title = this.title(words);
    this.button.textContent = title;
    this.button.title = isLarge ? say(words, "charts.shrink") : say(words, "charts.enlarge", { title });
    this.button.setAttribute("aria-expanded", isLarge);
  }

  heed(record) {
    this.painter.heed(record);
  }

  // Measure the place that the page gives.
  fit() {
    const box = this.canvas.getBoundingClientRect();
    this.width = box.width;
    this.height = box.height;
  }

  draw(record, { theme, words, ratio }, tick, isPointed) {
    if (!this.width) return;
    const [width, height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) [this.canvas.width, this.canvas.height] = [width, height];
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.clearRect(0, 0, this.width, this.height);
    this.painter.draw(this.pen, record, { theme, words, ratio, width: this.width, height: this.height }, tick, isPointed);
  }

  // How many weeks are over at a place of the page, or null where the panel has no axis of time.
  tickAt(clientX) {
    if (!this.painter.tickAt || !this.painter.ticks) return null;
    return this.painter.tickAt(clientX - this.canvas.getBoundingClientRect().left);
  }

  // Tell tests the values that are shown, and, not too often, screen readers, in words.
  tell(record, words, tick, isAloud) {
    const shown = this.painter.valuesAt(tick, record);
    const values = Object.fromEntries(shown.map(({ line, values: sides }) => [line.quantity, sides.map(({ value }) => value)]));
    this.el.dataset.values = JSON.stringify(values);
    this.el.dataset.range = JSON.stringify(record.ranges.get(this.name) ?? []);
    if (!isAloud) return;
    const text = this.summary(shown, record, words, tick);
    if (text !== this.canvas.getAttribute("aria-label")) this.canvas.setAttribute("aria-label", text);
  }

  summary(shown, record, words, tick) {
    const title = this.title(words);
    const number = ({ side, value }) => numeral(value, this.panel.decimals, side === "difference");
    const parts = shown
      .filter(({ values }) => values.length)
      .map(({ name, values }) => {
        const [left, right] = values.map(number);
        const isTwo = values.length > 1 && values[0].value !== values[1].value;
        return isTwo ? say(words, "charts.values_of_two", { name, left, right }) : say(words, "charts.values", { name, value: left });
      });
    if (!parts.length) return say(words, "charts.nothing", { title });
    const week = weekOf(words, tick, record.scene.weeksPerYear);
    return say(words, "charts.summary", { title, week, values: parts.map((part) => part.trim()).join(say(words, "charts.separator")) });
  }
}
