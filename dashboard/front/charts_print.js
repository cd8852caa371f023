// A picture of the charts to take along: all panels as they stand, with their titles, the key, and the sentence that says what they are.

const MARGIN = 20; // pixels of the page, as all lengths here

// panels: those shown; key: [{ text, colour, width }]; caption: the sentence below. Returns a canvas.
export function printed({ grid, panels, key, caption, week, theme, words, ratio }) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const box = grid.getBoundingClientRect();
  const line = 1.6 * theme.size;
  const [head, foot] = [2.2 * line, caption ? 1.5 * line : 0];
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN + head + foot];
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = theme.paper;
  pen.fillRect(0, 0, width, height);
  printKey(pen, theme, key, week, MARGIN + theme.size);
  for (const panel of panels) {
    const [title, chart] = [panel.button, panel.canvas].map((part) => part.getBoundingClientRect());
    const place = (part) => [part.left - box.left + MARGIN, part.top - box.top + MARGIN + head];
    const [left, top] = place(title);
    pen.font = `700 ${theme.size}px ${theme.face}`;
    pen.fillStyle = theme.ink;
    pen.fillText(panel.title(words), left, top + 0.78 * title.height);
    pen.drawImage(panel.canvas, ...place(chart), chart.width, chart.height);
  }
  pen.font = `400 ${theme.small}px ${theme.face}`;
  pen.fillStyle = theme.quiet;
  pen.fillText(caption, MARGIN, height - MARGIN, width - 2 * MARGIN);
  return canvas;
}

function printKey(pen, theme, key, week, base) {
  pen.font = `700 ${theme.size}px ${theme.face}`;
  pen.fillStyle = theme.ink;
  pen.fillText(week, MARGIN, base);
  let left = MARGIN + pen.measureText(week).width + 2 * theme.size;
  pen.font = `400 ${theme.small}px ${theme.face}`;
  for (const { text, colour, width } of key) {
    pen.fillStyle = colour;
    pen.fillRect(left, base - 0.3 * theme.size - width / 2, 1.8 * theme.size, width);
    pen.fillStyle = theme.ink;
    pen.fillText(text, left + 2.2 * theme.size, base);
    left += pen.measureText(text).width + 4 * theme.size;
  }
}

// Offer a file to be saved.
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
