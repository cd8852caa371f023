// Above what the presenter shows: that it is so, how the page looks to oneself, and the way to go on by oneself at the same week.

import { alive, h, speaker } from "./dom.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("following");

  const line = h("p", { class: "line", role: "status" });
  const leave = h("a", { class: "leave" });
  const tools = h("nav", { class: "tools" });
  el.replaceChildren(line, leave, tools);

  const draw = () => {
    const words = say(model.get("over") ? "room.left" : "room.following");
    if (line.textContent !== words) line.textContent = words; // said aloud once
    leave.textContent = say("room.leave");
    const toggle = (name, text) =>
      h("button", { type: "button", class: `plain ${name}`, "data-key": name, "aria-pressed": name === "dark" ? null : String(model.get(name)),
                    onclick: () => tell({ do: name }) }, text);
    tools.replaceChildren(
      toggle("projector", say("projector")),
      toggle("dark", say(model.get("dark") ? "light" : "dark")),
      h("button", { type: "button", class: "plain language", "data-key": "language", onclick: () => tell({ do: "language" }) }, say("other_language")),
    );
  };
  const point = () => {
    const [address, tick] = [model.get("address"), model.get("tick")];
    leave.href = tick ? `${address}${address === "?" ? "" : "&"}tick=${tick}` : address;
  };
  model.on("change:address change:tick", point);
  point();
  alive(model, el, draw, "change:words change:over change:dark change:projector");

  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = { d: "dark", p: "projector" }[event.key.toLowerCase()];
    if (name) tell({ do: name });
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

export default { render };
