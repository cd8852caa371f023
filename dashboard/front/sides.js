// Which of two worlds is changed.

import { h } from "./dom.js";

// A switch between the choices of a part, each [side, its name]; nothing where there is one world. name: what the switch is called;
// part: of whose radios it is, among others of the page.
export function sideSwitch(model, name, part) {
  const choices = model.get("choices");
  if (!choices.length) return "";
  // Known here at once: what is changed before Python answers changes the side that was chosen, not the one before.
  const choose = (side) => {
    model.set("side", side);
    model.send({ do: "side", side });
  };
  const choice = ([side, text]) =>
    h("label", { title: text },
      h("input", { type: "radio", name: `side-of-${part}`, value: side, checked: side === model.get("side"), "data-key": `side-${side}`,
                   onchange: () => choose(side) }),
      h("span", {}, text));
  return h("fieldset", { class: "switch sides" }, h("legend", { class: "hidden" }, name), ...choices.map(choice));
}
