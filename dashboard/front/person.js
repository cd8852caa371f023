// A clicked citizen: who it is, its ties with the trust of both sides, and why it did this week what it did.

import { alive, h, speaker } from "./dom.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("person");

  const draw = () => {
    const person = model.get("person");
    el.hidden = !person.name;
    if (!person.name) return el.replaceChildren();
    el.replaceChildren(
      h("header", {}, h("h2", {}, person.name, h("span", { class: "quiet" }, ` ${person.side}`)),
        h("button", { type: "button", class: "plain close", "data-key": "close", "aria-label": say("close"), onclick: () => tell({ do: "pick", world: 0, citizen: -1 }) }, "×")),
      h("p", { class: "lead" }, person.lead),
      h("dl", { class: "numbers" }, ...person.numbers.map(([name, value]) => h("div", {}, h("dt", { class: "quiet" }, name), h("dd", {}, value)))),
      h("h3", {}, say("person.why")),
      person.why.length
        ? h("ol", { class: "why" }, ...person.why.map(([kind, text]) => h("li", { "data-kind": kind }, text)))
        : h("p", { class: "quiet" }, say(person.reason)),
      h("h3", {}, say("person.ties", { n: person.ties_in_all })),
      h("table", { class: "ties" },
        h("thead", {}, h("tr", {}, ["person.tie", "person.kind", "person.trusts", "person.trusted"].map((key) => h("th", { scope: "col" }, say(key))), h("td"))),
        h("tbody", {}, ...person.ties.map((tie) => tieRow(tie, person, say, tell)))),
      h("div", { class: "edits" },
        h("button", { type: "button", "data-key": "office", onclick: () => tell({ do: "edit", kind: "office", citizen: person.index, value: person.official ? 0 : 1 }) },
          say(person.official ? "edit.take_office" : "edit.give_office"))),
    );
  };
  alive(model, el, draw);
}

function bar(share) {
  return h("td", { class: "share" }, h("span", { style: `--share: ${(100 * share).toFixed(0)}%` }), share.toFixed(2));
}

function tieRow(tie, person, say, tell) {
  return h("tr", {},
    h("th", { scope: "row" }, h("button", { type: "button", class: "plain", "data-key": `tie-${tie.index}`, onclick: () => tell({ do: "pick", world: person.world, citizen: tie.index }) }, tie.name)),
    h("td", { class: "quiet" }, tie.kind), bar(tie.mine), bar(tie.theirs),
    h("td", {}, h("button", { type: "button", class: "plain cut", "aria-label": `${say("edit.cut")}: ${tie.name}`, title: say("edit.cut"),
                              onclick: () => tell({ do: "edit", kind: "cut", citizen: person.index, value: tie.index }) }, "✂")));
}

export default { render };
