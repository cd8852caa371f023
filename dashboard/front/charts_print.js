// A picture of the charts to take along: all panels as they stand, with their titles, the key, and the sentence that says what they are.

const MARGIN = 20; // pixels of the page, as all lengths here

// panels: those shown, drawn already; isSwiped: they stand one under the other, not as on the page; key: [{ text, colour, width }];
// caption: the sentence below. Returns a canvas.
export function printed({ panels, isSwiped, key, caption, week, theme, words, ratio }) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const line = 1.6 * theme.size;
  const places = placed(panels, isSwiped, line);
  const [head, foot] = [MARGIN + 2.2 * line, caption ? 1.5 * line : 0];
  const reach = (edge, length) => Math.max(...places.map((place) => place[edge] + place[length]));
  const [width, height] = [reach("left", "width") + 2 * MARGIN, reach("top", "height") + head + foot + MARGIN];
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = theme.paper;
  pen.fillRect(0, 0, width, height);
  printKey(pen, theme, key, week, MARGIN + theme.size, width - 2 * MARGIN);
  for (const { panel, left, top, title, width: wide, height: high } of places) {
    pen.font = `700 ${theme.size}px ${theme.face}`;
    pen.fillStyle = theme.ink;
    pen.fillText(panel.title(words), left + MARGIN, top + head + 0.78 * title);
    pen.drawImage(panel.canvas, left + MARGIN, top + head + title, wide, high - title);
  }
  pen.font = `400 ${theme.small}px ${theme.face}`;
  pen.fillStyle = theme.quiet;
  pen.fillText(caption, MARGIN, height - MARGIN, width - 2 * MARGIN);
  return canvas;
}

// Where each panel stands: { panel, left, top, width, height, title: the height of its title }.
function placed(panels, isSwiped, gap) {
  const boxes = panels.map((panel) => panel.el.getBoundingClientRect());
  const [left, top] = ["left", "top"].map((edge) => Math.min(...boxes.map((box) => box[edge])));
  return panels.map((panel, k) => {
    const { width, height } = boxes[k];
    const title = height - panel.canvas.getBoundingClientRect().height;
    const place = isSwiped ? { left: 0, top: k * (height + gap) } : { left: boxes[k].left - left, top: boxes[k].top - top };
    return { panel, width, height, title, ...place };
  });
}

function printKey(pen, theme, key, week, base, room) {
  pen.font = `700 ${theme.size}px ${theme.face}`;
  pen.fillStyle = theme.ink;
  pen.fillText(week, MARGIN, base);
  let left = MARGIN + pen.measureText(week).width + 2 * theme.size;
  pen.font = `400 ${theme.small}px ${theme.face}`;
  for (const { text, colour, width } of key) {
    if (left + pen.measureText(text).width + 2.2 * theme.size > room) return; // a narrow picture has the lines alone
    pen.fillStyle = colour;
    pen.fillRect(left, base - 0.3 * theme.size - width / 2, 1.8 * theme.size, width);
    pen.fillStyle = theme.ink;
    pen.fillText(text, left + 2.2 * theme.size, base);
    left += pen.measureText(text).width + 4 * theme.size;
  }
}
