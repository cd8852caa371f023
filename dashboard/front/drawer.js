// Every parameter, from its declaration: bounds, unit, meaning and source. What policy may change acts from the next week on; the rest
// when the world is built anew, and is collected until then.

import { h, speaker } from "./dom.js";
import { sideSwitch } from "./sides.js";

function render({ model, el }) {
  const say = speaker(model);
  el.classList.add("drawer");
  const state = { sought: "", pending: {} };
  const list = h("div", { class: "parameters" });
  const search = h("input", { type: "search", "data-key": "search", autocomplete: "off", spellcheck: "false",
                              oninput: () => ((state.sought = search.value), fill()) });
  const head = h("div", { class: "drawer-head" });
  el.replaceChildren(head, list);

  const rebuild = () => {
    model.send({ do: "rebuild", values: state.pending });
    state.pending = {};
    frame();
  };
  const frame = () => {
    search.setAttribute("placeholder", say("drawer.search"));
    search.setAttribute("aria-label", say("drawer.search"));
    const waiting = Object.keys(state.pending).length;
    head.replaceChildren(
      h("h2", {}, say("drawer.title")),
      h("button", { type: "button", class: "plain close", "aria-label": say("close"), onclick: () => model.send({ do: "open", what: "" }) }, "×"),
      sideSwitch(model, say("levers.side"), "drawer"),
      search,
      waiting ? h("button", { type: "button", class: "rebuild", onclick: rebuild }, say("drawer.rebuild", { n: waiting })) : "",
    );
    fill();
  };
  const fill = () => {
    const words = state.sought.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = model.get("rows").filter((row) => words.every((word) => row.text.includes(word)));
    const groups = Map.groupBy ? Map.groupBy(rows, (row) => row.group) : grouped(rows);
    list.replaceChildren(
      ...[...groups].map(([group, own]) =>
        h("details", { open: words.length > 0 || model.get("unfolded").includes(group) },
          h("summary", {}, own[0].heading, h("span", { class: "quiet" }, ` ${own.length}`)),
          ...own.map((row) => rowOf(row)))),
      rows.length ? "" : h("p", { class: "quiet" }, say("drawer.nothing")),
    );
  };
  const rowOf = (row) => {
    const set = (value) => {
      if (row.live) return model.send({ do: "change", side: model.get("side"), name: row.name, value });
      state.pending[row.name] = value;
      frame();
    };
    const value = state.pending[row.name] ?? row.value;
    return h("div", { class: "parameter", "data-name": row.name, title: `${say("drawer.source")} ${row.source}` },
      h("label", { for: `p-${row.name}` }, row.short, row.other ? h("span", { class: "other quiet" }, ` ${say("drawer.other", { value: row.other })}`) : ""),
      field(row, value, set),
      h("p", { class: "quiet" }, `${row.meaning} `, h("span", { class: "bounds" }, row.allowed),
        h("span", { class: row.live ? "when live" : "when" }, say(row.live ? "drawer.live" : "drawer.reset"))));
  };
  model.on("change:words change:choices change:side", frame);
  model.on("change:rows change:unfolded change:notice", fill);
  frame();
}

function grouped(rows) {
  const found = new Map();
  for (const row of rows) found.set(row.group, [...(found.get(row.group) ?? []), row]);
  return found;
}

// What is typed or chosen is told as text; Python reads it as it reads a value of the command line, and refuses in a sentence.
function field(row, value, set) {
  const id = `p-${row.name}`;
  if (row.kind === "truth")
    return h("input", { type: "checkbox", id, "data-key": row.name, checked: value === true || value === "true",
                        onchange: (event) => set(event.target.checked ? "true" : "false") });
  if (row.kind === "choice") {
    const select = h("select", { id, "data-key": row.name, onchange: (event) => set(event.target.value) },
                     ...row.choices.map(([name, called]) => new Option(called, name)));
    select.value = value;
    return select;
  }
  const input = h("input", { type: "text", inputmode: row.kind === "number" ? "decimal" : "text", id, "data-key": row.name, size: 8,
                             autocomplete: "off", spellcheck: "false", onchange: () => set(input.value.trim()),
                             onkeydown: (event) => event.key === "Enter" && input.blur() });
  input.value = value;
  return input;
}

export default { render };
