// A citizen that was clicked, or chosen by its number: who it is, its ties with the trust of both sides, and why it did what it did.

import { alive, h, speaker } from "./dom.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("person");
  // Made once: what is being typed stays when the card is drawn anew.
  const looked = numberBox("look-at", (citizen) => tell({ do: "pick", world: model.get("world"), citizen }));
  const tied = numberBox("tie-to", (value) => tell({ do: "edit", kind: "tie", citizen: model.get("person").index, value }));

  const draw = () => {
    const person = model.get("person");
    const fixed = model.get("fixed");
    el.hidden = fixed && !person.name;
    if (!person.name) return el.replaceChildren(h("p", { class: "quiet" }, say("person.nobody")), labelled(say("person.number"), looked));
    el.replaceChildren(
      h("header", {}, h("h2", {}, person.name, h("span", { class: "quiet" }, ` ${person.side}`)),
        fixed ? "" : h("button", { type: "button", class: "plain close", "data-key": "close", "aria-label": say("close"), onclick: () => tell({ do: "pick", world: 0, citizen: -1 }) }, "×")),
      h("p", { class: "lead" }, person.lead),
      h("dl", { class: "numbers" }, ...person.numbers.map(([name, value]) => h("div", {}, h("dt", { class: "quiet" }, name), h("dd", {}, value)))),
      ...person.scores.map(spark),
      h("h3", {}, say("person.why")),
      person.why.length
        ? h("ol", { class: "why" }, ...person.why.map(([kind, text]) => h("li", { "data-kind": kind }, text)))
        : h("p", { class: "quiet" }, say(person.reason)),
      h("h3", {}, say(person.ties_in_all ? "person.ties" : "person.no_ties", { n: person.ties_in_all })),
      h("table", { class: "ties" },
        h("thead", {}, h("tr", {}, ["person.tie", "person.kind", "person.trusts", "person.trusted"].map((key) => h("th", { scope: "col" }, say(key))), h("td"))),
        h("tbody", {}, ...person.ties.map((tie) => tieRow(tie, person, say, tell, fixed)))),
      fixed ? "" : h("div", { class: "edits" },
        h("button", { type: "button", "data-key": "office", onclick: () => tell({ do: "edit", kind: "office", citizen: person.index, value: person.official ? 0 : 1 }) },
          say(person.official ? "edit.take_office" : "edit.give_office")),
        labelled(say("edit.tie"), tied)),
    );
  };
  alive(model, el, draw);
}

// A box that takes the number of a citizen.
function numberBox(key, act) {
  const input = h("input", { type: "text", inputmode: "numeric", size: 5, maxlength: 5, autocomplete: "off", "data-key": key });
  input.addEventListener("input", () => (input.value = input.value.replaceAll(/\D/g, "")));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !input.value) return;
    act(Number(input.value));
    input.value = "";
  });
  return input;
}

function labelled(words, input) {
  return h("label", { class: "by-number" }, h("span", { class: "quiet" }, words), input);
}

// The scores so far: a line between the lowest and the highest there was.
function spark({ name, low, high, heights }) {
  const x = (place) => ((100 * place) / (heights.length - 1)).toFixed(2);
  const path = heights.map((height, place) => `${place ? "L" : "M"}${x(place)} ${(20 * (1 - height)).toFixed(2)}`).join("");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 20");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${name}: ${low} – ${high}`);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return h("div", { class: "spark" }, h("p", { class: "quiet" }, name), svg, h("p", { class: "ends quiet" }, h("span", {}, high), h("span", {}, low)));
}

function bar(share) {
  return h("td", { class: "share" }, h("span", { style: `--share: ${(100 * share).toFixed(0)}%` }), share.toFixed(2));
}

function tieRow(tie, person, say, tell, fixed) {
  return h("tr", {},
    h("th", { scope: "row" }, fixed ? tie.name : h("button", { type: "button", class: "plain", "data-key": `tie-${tie.index}`, onclick: () => tell({ do: "pick", world: person.world, citizen: tie.index }) }, tie.name)),
    h("td", { class: "quiet" }, tie.kind), bar(tie.mine), bar(tie.theirs),
    h("td", {}, fixed ? "" : h("button", { type: "button", class: "plain cut", "aria-label": `${say("edit.cut")}: ${tie.name}`, title: say("edit.cut"),
                              onclick: () => tell({ do: "edit", kind: "cut", citizen: person.index, value: tie.index }) }, "✂")));
}

export default { render };
