// The presenter's panel: the address that others open to follow, as a code for their phones, and how many do.

import { alive, h, speaker } from "./dom.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("room");

  const draw = () => {
    const link = model.get("link");
    el.replaceChildren(
      h("header", {},
        h("h2", {}, say("room.title")),
        h("button", { type: "button", class: "plain close", "data-key": "close", "aria-label": say("close"), onclick: () => tell({ do: "open", what: "" }) }, "×")),
      ...(link ? shown(link) : [h("button", { type: "button", class: "show", "data-key": "show", onclick: show }, say("room.open"))]),
    );
  };
  const show = () => tell({ do: "show", at: location.origin + location.pathname });
  const shown = (link) => {
    const code = h("div", { class: "code", role: "img", "aria-label": link });
    code.innerHTML = model.get("code"); // drawn by the server
    return [
      h("p", {}, say("room.link")),
      h("p", { class: "link" }, link),
      code,
      h("p", { class: "watching", role: "status" }, say("room.watching", { n: model.get("followers").toLocaleString(model.get("language")) })),
      h("button", { type: "button", class: "stop", "data-key": "stop", onclick: () => tell({ do: "stop showing" }) }, say("room.stop")),
    ];
  };
  alive(model, el, draw);
}

export default { render };
