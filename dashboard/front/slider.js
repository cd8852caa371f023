// One lever: a slider over the values it can take, with its unit, bounds, meaning and source. The value is told when the
// slider is let go, so that one movement is one change.

const HTML = `
  <label><span class="name"></span><output></output></label>
  <input type="range" min="0" step="1">
  <div class="ends quiet" aria-hidden="true"><span class="low"></span><span class="high"></span></div>
  <p class="meaning"></p>
  <p class="source quiet"></p>`;

const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 4 });

function render({ model, el }) {
  el.classList.add("lever");
  el.innerHTML = HTML;
  const [label, input, output] = ["label", "input", "output"].map((tag) => el.querySelector(tag));
  input.id = `lever-${model.get("name")}`;
  label.htmlFor = input.id;
  const here = () => model.get("stops")[Number(input.value)];

  const say = () => {
    output.innerHTML = `<b></b> <span class="unit quiet"></span>`;
    output.querySelector("b").textContent = number(here());
    output.querySelector(".unit").textContent = model.get("unit");
    input.setAttribute("aria-valuetext", output.textContent);
    input.style.setProperty("--share", `${(100 * Number(input.value)) / Number(input.max)}%`);
  };
  const show = () => {
    const stops = model.get("stops");
    el.dataset.name = model.get("name");
    el.dataset.low = stops[0];
    el.dataset.high = stops.at(-1);
    el.querySelector(".name").textContent = model.get("label");
    el.querySelector(".meaning").textContent = model.get("meaning");
    el.querySelector(".source").textContent = `Source: ${model.get("source")}`;
    el.querySelector(".low").textContent = number(stops[0]);
    el.querySelector(".high").textContent = number(stops.at(-1));
    input.max = stops.length - 1;
    input.value = stops.indexOf(model.get("value"));
    input.disabled = !model.get("enabled");
    el.classList.toggle("off", input.disabled);
    say();
  };
  input.addEventListener("input", say);
  input.addEventListener("change", () => model.send({ do: "change", name: model.get("name"), value: here() }));
  model.on("change", show);
  show();
}

export default { render };
