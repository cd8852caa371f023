// Which world: the preset of its scheme, and the seed of its luck. A new choice starts a new world.

const HTML = `
  <label>Scheme<select></select></label>
  <label>Seed<input type="text" inputmode="numeric" size="6" autocomplete="off" spellcheck="false"></label>`;

function render({ model, el }) {
  el.classList.add("chooser");
  el.innerHTML = HTML;
  const [select, input] = ["select", "input"].map((tag) => el.querySelector(tag));
  const choose = () => {
    const seed = input.value.trim();
    if (select.value === model.get("preset") && seed === model.get("seed")) show();
    else model.send({ do: "world", preset: select.value, seed });
  };

  const show = () => {
    const known = model.get("presets");
    const preset = model.get("preset");
    const names = known.includes(preset) || !preset ? known : [...known, preset]; // an address may name several presets
    select.replaceChildren(...names.map((name) => new Option(name, name)));
    select.value = preset;
    input.value = model.get("seed");
  };
  select.addEventListener("change", () => (choose(), select.matches(":focus-visible") || select.blur()));
  input.addEventListener("change", choose);
  input.addEventListener("keydown", (event) => event.key === "Enter" && input.blur()); // the keys belong to the page again
  model.on("change", show);
  show();
}

export default { render };
