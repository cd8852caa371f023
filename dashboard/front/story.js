// A chapter of the story: what is told, what is asked, what the viewer expects, and, once the run has come so far, what happened.

import { alive, h, speaker } from "./dom.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("chapter");
  let shown = null;
  let seen = ""; // what was brought into view

  const draw = () => {
    const chapter = model.get("chapter");
    el.hidden = !chapter.number;
    if (!chapter.number) return el.replaceChildren();
    el.replaceChildren(
      h("p", { class: "count quiet" }, h("span", {}, chapter.count), chapter.follows ? "" :
        h("button", { type: "button", class: "plain close", "data-key": "leave", "aria-label": say("story.leave"), title: say("story.leave"),
                      onclick: () => tell({ do: "chapter", number: 0 }) }, "×")),
      h("h2", {}, chapter.title),
      ...chapter.paragraphs.map((text) => h("p", {}, text)),
      question(chapter, say, tell),
      happened(chapter, say),
      h("details", { class: "reported", open: el.querySelector(".reported")?.open ?? false },
        h("summary", { "data-key": "reported" }, say("story.reported")),
        h("ul", { class: "facts-told" }, ...chapter.facts.map(({ text, sources }) => h("li", {}, text, " ", h("cite", {}, sources)))),
        h("ul", { class: "sources quiet" }, ...chapter.sources.map((text) => h("li", {}, text)))),
      h("p", { class: "disclaimer quiet" }, h("b", {}, say("story.not_claimed")), " ", chapter.not_claimed),
      chapter.follows ? "" : pages(chapter, say, tell),
    );
    if (chapter.number !== shown) el.scrollTop = 0;
    // The button to the answer, and then the answer, are brought into view: a presenter has no hand free to look for them.
    const news = [".happened", ".reveal"].find((name) => el.querySelector(name)) ?? "";
    if (news && news !== seen && chapter.number === shown) show(el, el.querySelector(news));
    [shown, seen] = [chapter.number, news];
  };
  alive(model, el, draw);
}

// Bring a part into view; where the chapter scrolls by itself, beside the worlds, these stay where they are.
function show(el, part) {
  if (el.scrollHeight <= el.clientHeight) return part.scrollIntoView({ block: "nearest" });
  const [inner, outer] = [part, el].map((one) => one.getBoundingClientRect());
  const below = inner.bottom + 16 - outer.bottom; // pixels, and a little air
  if (below > 0) el.scrollTop += Math.min(below, inner.top - outer.top);
}

function question(chapter, say, tell) {
  const { answer } = chapter.found;
  const name = ({ key }) => ["answer", key === chapter.expected && "mine", key === answer && "right"].filter(Boolean).join(" ");
  const ask = (one) =>
    h("button", { type: "button", role: "radio", class: name(one), "data-key": `answer-${one.key}`, disabled: chapter.due,
                  "aria-checked": String(one.key === chapter.expected), onclick: () => tell({ do: "expect", answer: one.key }) },
      h("span", {}, one.text), votesOf(chapter, one.key));
  return h("section", { class: "question" },
    h("h3", { id: "story-question" }, chapter.question),
    h("div", { class: "answers", role: "radiogroup", "aria-labelledby": "story-question" }, ...chapter.answers.map(ask)),
    chapter.voters ? h("p", { class: "voters quiet", role: "status" }, chapter.voters) : "",
    step(chapter, say, tell));
}

// How many of the audience chose an answer, once that is told.
function votesOf({ votes }, key) {
  const all = Object.values(votes).reduce((sum, number) => sum + number, 0);
  return all ? h("span", { class: "votes", style: `--share: ${(100 * (votes[key] ?? 0)) / all}%` }, String(votes[key] ?? 0)) : "";
}

// What comes next: to choose and play, to ask what happened, or whether it was expected.
function step(chapter, say, tell) {
  if (chapter.found.answer) return h("p", { class: "verdict" }, chapter.found.verdict);
  if (!chapter.due || chapter.follows) return h("p", { class: "hint quiet" }, chapter.hint);
  return h("button", { type: "button", class: "reveal", "data-key": "reveal", onclick: () => tell({ do: "reveal" }) }, say("story.reveal"));
}

function happened(chapter, say) {
  const { answer, numbers, look, fault } = chapter.found;
  if (fault) return h("p", { class: "happened", role: "status" }, fault);
  if (!answer) return ""; // `null` would be written out
  return h("section", { class: "happened", role: "status" },
    h("h3", {}, say("story.happened")),
    chapter.changed ? h("p", { class: "quiet" }, say("story.changed")) : null,
    ...numbers.map((text) => h("p", { class: "numbers" }, text)),
    h("h3", {}, say("story.look")),
    h("p", {}, look));
}

function pages(chapter, say, tell) {
  const to = (key, number) =>
    h("button", { type: "button", class: key, "data-key": key, onclick: () => tell({ do: "chapter", number }) }, say(`story.${key}`));
  return h("nav", { class: "pages" },
    chapter.number > 1 ? to("back", chapter.number - 1) : h("span"),
    to("again", chapter.number),
    chapter.last ? to("leave", 0) : to("next", chapter.number + 1));
}

export default { render };
