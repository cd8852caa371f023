// The bar: which scheme, size and luck; what to open; how the page looks; what to take away. And the keys that are not those of time.

import { alive, h, speaker } from "./dom.js";

function render({ model, el }) {
  const say = speaker(model);
  const tell = (message) => model.send(message);
  el.classList.add("bar");

  const told = h("p", { class: "told quiet", role: "status" });
  // The address of what is shown: taken up by this page's own address, and to the clipboard where the browser lets us.
  model.on("msg:custom", async ({ copy }) => {
    history.replaceState(null, "", copy);
    const isCopied = await (navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("no clipboard"))).then(() => true, () => false);
    told.textContent = say(isCopied ? "export.copied" : "export.not_copied");
    setTimeout(() => (told.textContent = lasting()), 6000);
  });
  const lasting = () => (model.get("filming") ? `● ${say("export.filming")}` : "");

  const draw = () => {
    told.textContent = lasting();
    document.documentElement.lang = model.get("language");
    el.replaceChildren(
      world(model, say, tell),
      h("nav", { class: "tools", "aria-label": say("bar.tools") },
        toggle("twin", say("twin"), model.get("twin"), () => tell({ do: "twin", on: !model.get("twin") })),
        toggle("story", say("bar.story"), model.get("chapter") > 0, () => tell({ do: "chapter", number: model.get("chapter") ? 0 : 1 })),
        toggle("stored", say("bar.stored"), model.get("shown") === "stored", () => open("stored")),
        toggle("drawer", say("drawer.title"), model.get("shown") === "drawer", () => open("drawer")),
        menu("colour", say("colour.by"), model.get("colours").map((by) => [say(`colour.${by}`), () => tell({ do: "colour", by })])),
        menu("export", say("export.title"), ["png", "csv", "webm", "link"].map((kind) => [say(`export.${kind}`), () => tell({ do: "export", kind })])),
        toggle("projector", say("projector"), model.get("projector"), () => tell({ do: "projector" })),
        plain("dark", say(model.get("dark") ? "light" : "dark"), () => tell({ do: "dark" })),
        model.get("audience") && toggle("room", say("bar.room"), model.get("shown") === "room", () => open("room")),
        plain("language", model.get("language") === "en" ? "中文" : "English", () => tell({ do: "language" })),
        plain("help", "?", () => tell({ do: "open", what: model.get("shown") === "help" ? "" : "help" }), say("help.title")),
      ),
      told,
    );
  };
  const open = (what) => tell({ do: "open", what: model.get("shown") === what ? "" : what });
  alive(model, el, draw);

  const keys = { c: () => tell({ do: "twin", on: !model.get("twin") }), p: () => tell({ do: "projector" }), d: () => tell({ do: "dark" }),
                 "?": () => open("help"), escape: () => tell(model.get("shown") ? { do: "open", what: "" } : { do: "pick", world: 0, citizen: -1 }) };
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== "Escape" && event.target instanceof Element && event.target.matches("input:not([type=range]):not([type=radio]):not([type=checkbox]), select, textarea")) return;
    const digit = /^[1-9]$/.test(event.key) ? model.get("colours")[Number(event.key) - 1] : null;
    if (digit) tell({ do: "colour", by: digit });
    else if (keys[event.key.toLowerCase()]) keys[event.key.toLowerCase()]();
    else return;
    event.preventDefault();
  };
  // A menu closes when something else is clicked.
  const shut = (event) => el.querySelectorAll("details[open]").forEach((box) => box.contains(event.target) || box.removeAttribute("open"));
  document.addEventListener("keydown", press);
  document.addEventListener("pointerdown", shut);
  return () => {
    document.removeEventListener("keydown", press);
    document.removeEventListener("pointerdown", shut);
  };
}

function world(model, say, tell) {
  const choose = () => tell({ do: "world", preset: preset.value, citizens: citizens.value.trim(), seed: seed.value.trim() });
  const known = model.get("presets");
  const now = model.get("preset");
  const names = known.includes(now) || !now ? known : [...known, now]; // an address may name several
  const named = (several) => several.split(",").map((name) => model.get("words")[`preset.${name}`] ?? name).join(", ");
  const preset = h("select", { "data-key": "preset", onchange: choose }, ...names.map((name) => new Option(named(name), name)));
  preset.value = now;
  const box = (key, value, size) => {
    const input = h("input", { type: "text", inputmode: "numeric", size, autocomplete: "off", spellcheck: "false", "data-key": key, onchange: choose,
                               onkeydown: (event) => event.key === "Enter" && input.blur() });
    input.value = value;
    return input;
  };
  const citizens = box("citizens", model.get("citizens"), 4);
  const seed = box("seed", model.get("seed"), 3);
  return h("div", { class: "world" },
    h("label", {}, h("span", { class: "quiet" }, say("scheme")), preset),
    h("label", {}, h("span", { class: "quiet" }, say("citizens")), citizens),
    h("label", {}, h("span", { class: "quiet" }, say("seed")), seed));
}

function plain(key, words, onclick, label = null) {
  return h("button", { type: "button", class: "plain", "data-key": key, "aria-label": label, onclick }, words);
}

function toggle(key, words, on, onclick) {
  return h("button", { type: "button", class: "plain", "data-key": key, "aria-pressed": String(on), onclick }, words);
}

function menu(key, words, entries) {
  const list = h("div", { class: "menu", role: "menu" },
    ...entries.map(([text, act]) => h("button", { type: "button", role: "menuitem", onclick: () => (act(), box.removeAttribute("open")) }, text)));
  const box = h("details", { class: `plain ${key}` }, h("summary", { "data-key": key }, words), list);
  return box;
}

export default { render };
