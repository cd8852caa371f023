// What the parts around the picture have in common: elements, and words with places for values.

// An element with its attributes (`on...` are listeners, true and false switch), and with its children: nodes or text.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// The words of a key, with {names} replaced by values; the key itself where there are none.
export function speaker(model) {
  return (key, values = {}) => {
    const text = model.get("words")[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
  };
}

// A number in the language of the page, with as many digits as it needs.
export function spoken(value, language, digits = 4) {
  return value.toLocaleString(language, { maximumFractionDigits: digits });
}

// Draw anew when traits change, keep the keyboard's place, and clean up: `draw` fills the element.
// While a pointer is down on the element nothing is drawn, lest what it holds is taken away under it.
export function alive(model, el, draw, when = "change") {
  let isHeld = false;
  let isDue = false;
  const letGo = () => {
    isHeld = false;
    if (isDue) setTimeout(redraw, 0); // after the click, or the change, that follows
  };
  el.addEventListener("pointerdown", () => {
    isHeld = true;
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, letGo, { once: true });
  });
  const redraw = () => {
    isDue = isHeld;
    if (isHeld) return;
    const place = el.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    draw();
    if (place) el.querySelector(`[data-key="${CSS.escape(place)}"]`)?.focus({ preventScroll: true });
  };
  model.on(when, redraw);
  draw();
}
