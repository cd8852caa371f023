// A regime map: a grid of cells, coloured by sign and size of an effect, hatched where uncertain. A click asks for the run at that point.

const HTML = `
  <div class="up"><span class="factor"></span></div>
  <div class="grid" role="grid"></div>
  <div class="across"><span class="factor"></span></div>
  <p class="reading" aria-live="polite"></p>
  <div class="key quiet">
    <span class="scale" aria-hidden="true"><span class="low"></span><span class="ramp"><i></i><i></i></span><span class="high"></span></span>
    <span class="signs"></span><span class="uncertain"><i aria-hidden="true"></i><span></span></span>
  </div>
  <p class="hint"></p>`;

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const MOST_LEVELS = 12; // that are written on an axis

const piece = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
const spread = (count) => Math.ceil(count / MOST_LEVELS);

function render({ model, el }) {
  el.classList.add("regime-map");
  el.innerHTML = HTML;
  const find = (query) => el.querySelector(query);
  const grid = find(".grid");
  const rows = () => model.get("map").rows ?? [];
  const buttons = () => [...grid.querySelectorAll("button")];
  const chosen = () => rows().flat().find((cell) => cell.point === model.get("point"));

  const read = (cell) => {
    find(".reading").textContent = (cell ?? chosen())?.say ?? "";
  };

  const button = (cell, place) => {
    const made = piece("button", `cell ${cell.share < 0 ? "down" : "up"}${cell.sign ? "" : " hatched"}`);
    made.type = "button";
    made.dataset.point = cell.point;
    made.dataset.place = place;
    made.style.setProperty("--size", `${(70 * Math.min(1, Math.abs(cell.share))).toFixed(1)}%`);
    made.setAttribute("aria-label", cell.say);
    const shows = model.get("map").shows;
    if (shows === "numbers") made.append(piece("b", "", cell.text));
    if (shows !== "colours") made.append(piece("span", "sign", cell.sign));
    made.addEventListener("pointerenter", () => read(cell));
    made.addEventListener("focus", () => read(cell));
    made.addEventListener("click", () => model.send({ do: "show", point: cell.point }));
    return made;
  };

  const mark = () => {
    for (const one of buttons()) {
      const own = Number(one.dataset.point) === model.get("point");
      one.classList.toggle("chosen", own);
      one.tabIndex = own ? 0 : -1;
      one.setAttribute("aria-current", own);
    }
    read();
  };

  const draw = () => {
    const { name, x, y, shows, scale, words } = model.get("map");
    const held = document.activeElement?.dataset?.place; // a redrawn map keeps the focus where it was
    const focused = grid.contains(document.activeElement);
    grid.replaceChildren();
    if (!x) return;
    grid.setAttribute("aria-label", name);
    grid.className = `grid ${shows}`;
    grid.style.setProperty("--across", x.levels.length);
    rows().forEach((row, i) => {
      const line = piece("div", "line");
      line.setAttribute("role", "row");
      const up = rows().length - 1 - i;
      line.append(piece("span", "level ordinate", up % spread(rows().length) ? "" : y.levels[i]));
      row.forEach((cell, j) => {
        const slot = piece("div", "slot");
        slot.setAttribute("role", "gridcell");
        slot.append(button(cell, `${i},${j}`));
        line.append(slot);
      });
      grid.append(line);
    });
    const feet = piece("div", "line feet");
    feet.setAttribute("aria-hidden", "true");
    feet.append(piece("span", "level ordinate"), ...x.levels.map((text, j) => piece("span", "level", j % spread(x.levels.length) ? "" : text)));
    grid.append(feet);
    find(".up .factor").textContent = `↑ ${y.label}`;
    find(".across .factor").textContent = `${x.label} →`;
    for (const end of ["low", "high"]) find(`.scale .${end}`).textContent = scale[end];
    find(".ramp").style.setProperty("--matters", `${50 * Math.min(1, scale.matters)}%`);
    find(".signs").textContent = words.signs;
    find(".uncertain span").textContent = words.hatched;
    find(".hint").textContent = words.hint;
    mark();
    if (focused) buttons().find((one) => one.dataset.place === held)?.focus();
  };

  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !event.target.dataset.place) return;
    event.preventDefault();
    event.stopPropagation(); // arrows move time elsewhere on the page
    const [i, j] = event.target.dataset.place.split(",").map(Number);
    const next = rows()[i + step[0]]?.[j + step[1]];
    if (!next) return;
    buttons().find((one) => one.dataset.place === `${i + step[0]},${j + step[1]}`).focus();
    model.send({ do: "choose", point: next.point });
  });
  grid.addEventListener("pointerleave", () => read());
  model.on("change:map", draw);
  model.on("change:point", mark);
  draw();
}

export default { render };
