// The levers of a scheme: a slider each over the values it can take. Where there are several schemes, a menu chooses one. In twin mode a
// lever sets the world on the right, and a mark shows where the left one stands; a switch lets the levers set the left one, or both. A value
// is told when the slider is let go: one move, one change.

import { alive, h, speaker, spoken } from "./dom.js";
import { sideSwitch } from "./sides.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("levers");

  const draw = () => {
    el.replaceChildren(
      h("h2", {}, say("levers.title")),
      model.get("schemes").length > 1 ? schemeMenu(model, say, tell) : "",
      h("p", { class: "live", role: "status" }, model.get("note")),
      sideSwitch(model, say("levers.side"), "levers"),
      ...model.get("levers").map((lever) => leverOf(lever, model, say, tell)),
    );
  };
  alive(model, el, draw);
}

function schemeMenu(model, say, tell) {
  const options = model.get("schemes").map(({ name, label }) => h("option", { value: name, selected: name === model.get("scheme") }, label));
  return h("label", { class: "field of-scheme" }, h("span", {}, say("scheme")),
    h("select", { "data-key": "scheme", onchange: (event) => tell({ do: "scheme", scheme: event.target.value }) }, ...options));
}

function leverOf(lever, model, say, tell) {
  const language = model.get("language");
  const side = model.get("side") === "left" ? "left" : model.get("sides").at(-1);
  const value = lever.values[side];
  const stops = lever.stops;
  const known = value !== undefined && value !== null;
  const enabled = known && model.get("enabled");
  const share = (one) => (stops.length > 1 ? (100 * nearestStop(stops, one)) / (stops.length - 1) : 0);
  const output = h("output", {}, h("b", {}, known ? spoken(value, language) : "–"), " ", h("span", { class: "unit quiet" }, lever.unit));
  const input = h("input", {
    type: "range", min: 0, max: stops.length - 1, step: 1, id: `lever-${lever.name}`, "data-key": lever.name, disabled: !enabled,
    "aria-valuetext": known ? `${spoken(value, language)} ${lever.unit}` : "", style: `--share: ${share(value ?? stops[0])}%`,
    oninput: () => {
      const here = stops[Number(input.value)];
      output.querySelector("b").textContent = spoken(here, language);
      input.setAttribute("aria-valuetext", `${spoken(here, language)} ${lever.unit}`);
      input.style.setProperty("--share", `${share(here)}%`);
    },
    onchange: () => tell({ do: "change", side: model.get("side"), name: lever.name, value: stops[Number(input.value)] }),
  });
  input.value = nearestStop(stops, value ?? stops[0]);
  const other = lever.values.left ?? null; // null where the left world has no scheme
  const differs = known && model.get("sides").length > 1 && other !== null && other !== value;
  return h("div", { class: known ? "lever" : "lever off", "data-name": lever.name, "data-value": value ?? "" },
    h("label", { for: input.id }, h("span", { class: "name" }, lever.label), output),
    h("div", { class: "track" }, input,
      differs ? h("span", { class: "ghost", style: `left: ${share(other)}%`, title: `${say("side.left")}: ${spoken(other, language)}` }) : ""),
    h("p", { class: "meaning quiet" }, lever.meaning));
}

function nearestStop(stops, value) {
  let best = 0;
  stops.forEach((stop, at) => {
    if (Math.abs(stop - value) < Math.abs(stops[best] - value)) best = at;
  });
  return best;
}

export default { render };
