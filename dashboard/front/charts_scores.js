// The panel of scores: how many of those who are scored stand where on the scale, by grade. Of two worlds, the right one stands above
// the line and the left one, lighter, hangs below it.

import { mixed, numeral, say } from "./charts_page.js";
import { grown, steps } from "./charts_record.js";
import { stroke, write } from "./charts_lines.js";

export class Scores {
  constructor(panel) {
    this.panel = panel;
  }

  heed() {}

  draw(pen, record, page) {
    this.measure(pen, record, page);
    const shown = this.shares(record);
    if (!shown.length) return this.writeNothing(pen, page);
    let range = record.ranges.get(this.panel.name) ?? [0, this.panel.high];
    for (const { bins } of shown) for (const bin of bins) range = grown(range, bin.reduce((sum, share) => sum + share, 0), { ...this.panel, least: 0, most: 1 });
    record.ranges.set(this.panel.name, range);
    [this.low, this.high] = [0, range[1]];
    this.paintAxes(pen, record, page);
    for (const side of shown) this.paintBars(pen, record, page, side);
    stroke(pen, page.theme.ink, 1.2, [this.left, this.zero], [this.left + this.across, this.zero]);
    this.writeGrades(pen, record, page, shown);
  }

  measure(pen, record, { theme, width, height }) {
    const { small } = theme;
    const { scale } = record.scene;
    pen.font = `600 ${small}px ${theme.face}`;
    const wide = (text) => pen.measureText(text).width;
    this.number = wide("100 %");
    this.name = Math.max(0, ...(scale?.grades ?? []).map(wide));
    this.left = wide(".88") + 0.5 * small;
    this.top = 0.6 * small;
    this.down = Math.max(height - this.top - 1.7 * small, 20);
    this.across = Math.max(width - this.left - this.name - (record.isTwin ? 2.1 : 1.2) * this.number - 2 * small, 30);
    this.zero = this.top + (record.isTwin ? this.down / 2 : this.down);
  }

  // What is shown of each world: { side, bins: share of all in each grade, by bin, total }.
  shares(record) {
    const grades = record.scene.scale?.grades.length ?? 0;
    return record.scores.flatMap((counts, k) => {
      const total = counts?.reduce((sum, count) => sum + count, 0);
      if (!total) return [];
      const bins = Array.from({ length: counts.length / grades }, (_, bin) => [...counts.subarray(bin * grades, (bin + 1) * grades)].map((count) => count / total));
      return [{ side: k, bins, total, ofGrade: (grade) => bins.reduce((sum, bin) => sum + bin[grade], 0) }];
    });
  }

  height(share, record) {
    return (share / this.high) * (record.isTwin ? this.down / 2 : this.down);
  }

  paintAxes(pen, record, { theme }) {
    const { scale } = record.scene;
    pen.font = `400 ${theme.small}px ${theme.face}`;
    pen.fillStyle = theme.quiet;
    const signs = record.isTwin ? [1, -1] : [1];
    const parts = Math.max(1, Math.min(4, Math.floor(this.down / signs.length / (1.8 * theme.small))));
    pen.textAlign = "right";
    for (const value of steps(0, this.high, parts)) {
      for (const sign of value ? signs : [1]) {
        const y = this.zero - sign * this.height(value, record);
        pen.fillText(String(Number(value.toPrecision(6))), this.left - 0.4 * theme.small, y + 0.34 * theme.small);
        stroke(pen, theme.rule, 1, [this.left, y], [this.left + this.across, y]);
      }
    }
    const base = this.top + this.down + 1.35 * theme.small;
    for (const [text, align, x] of [[scale.low, "left", this.left], [scale.high, "right", this.left + this.across]]) {
      pen.textAlign = align;
      pen.fillText(numeral(text, 0), x, base);
    }
  }

  paintBars(pen, record, { theme }, { side, bins }) {
    const isLeft = record.isTwin && side === 0;
    const step = this.across / bins.length;
    bins.forEach((bin, k) => {
      let from = 0;
      // The best grade lies outermost.
      for (let grade = bin.length - 1; grade >= 0; grade--) {
        if (!bin[grade]) continue;
        const height = this.height(bin[grade], record);
        pen.fillStyle = gradeColour(theme, record.scene.scale.colours[grade], isLeft);
        pen.fillRect(this.left + k * step, isLeft ? this.zero + from : this.zero - from - height, Math.max(step - 0.7, 0.7), height);
        from += height;
      }
    });
  }

  // The grades that somebody is in, best first, with their shares; as many as there is room for, the larger ones.
  writeGrades(pen, record, { theme }, shown) {
    const { small } = theme;
    const { grades, colours } = record.scene.scale;
    if (grades.length < 2) return;
    const gap = 1.2 * small;
    const most = Math.max(1, Math.floor((this.down + small) / gap));
    const shares = grades.map((name, grade) => ({ name, grade, of: shown.map((side) => side.ofGrade(grade)) }));
    const seen = shares.filter(({ of }) => Math.max(...of) >= 0.005);
    const kept = new Set(seen.toSorted((a, b) => Math.max(...b.of) - Math.max(...a.of)).slice(0, most));
    const left = this.left + this.across + 0.9 * small;
    seen.filter((one) => kept.has(one)).forEach(({ name, grade, of }, row) => {
      const base = this.top + 0.5 * small + row * gap;
      pen.fillStyle = gradeColour(theme, colours[grade], false);
      pen.fillRect(left, base - 0.62 * small, 0.55 * small, 0.62 * small);
      const words = [{ text: name, weight: 600, colour: theme.ink, from: left + 0.8 * small, base, wide: this.name }];
      of.forEach((share, k) => {
        const isLeft = record.isTwin && shown[k].side === 0; // of two worlds only one may be scored
        const text = `${Math.round(100 * share)} %`;
        const right = left + 0.8 * small + this.name + 1.1 * this.number * (k + 1);
        pen.font = `600 ${small}px ${theme.face}`;
        const wide = pen.measureText(text).width;
        words.push({ text, weight: isLeft ? 400 : 600, colour: isLeft ? theme.quiet : theme.ink, from: right - wide, base, wide });
      });
      write(pen, theme, words);
    });
  }

  writeNothing(pen, { theme, words, width, height }) {
    pen.font = `400 ${theme.small}px ${theme.face}`;
    pen.fillStyle = theme.quiet;
    pen.textAlign = "center";
    pen.fillText(say(words, "charts.no_scores"), width / 2, height / 2);
  }

  // The share of each grade, as a line has values: { name, values: by side }.
  valuesAt(_tick, record) {
    if (!record || !record.scene?.scale) return [];
    const shown = this.shares(record);
    return record.scene.scale.grades.map((name, grade) => ({
      name,
      line: { quantity: name },
      values: shown.map(({ side, ofGrade }) => ({ side: ["left", "right"][side], value: ofGrade(grade) })),
    }));
  }
}

// Ink as a grade's colour would be lost on a dark page.
function gradeColour(theme, colour, isLeft) {
  const seen = theme.dark && colour === "#1b1b1b" ? theme.ink : colour;
  return isLeft ? mixed(seen, theme.paper, 0.45) : seen;
}
