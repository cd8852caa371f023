// Choices that belong together, each a labelled list, or a number where a list would be too long.

const field = (choice) => {
  if (!choice.options) {
    const [low, high] = [choice.low, choice.low + choice.count - 1];
    const input = Object.assign(document.createElement("input"), { type: "number", step: 1, min: low, max: high });
    input.value = low + choice.at;
    return input;
  }
  const select = document.createElement("select");
  select.append(...choice.options.map((text, i) => new Option(text, i)));
  select.value = choice.at;
  return select;
};

function render({ model, el }) {
  el.classList.add("picker");

  const pick = (choice, input) => {
    const low = choice.options ? 0 : choice.low;
    const at = input.value === "" ? NaN : Number(input.value) - low;
    if (Number.isInteger(at) && at >= 0 && at < (choice.options?.length ?? choice.count)) model.send({ do: "pick", name: choice.name, at });
    else input.value = low + choice.at;
  };

  const show = () => {
    const held = el.contains(document.activeElement) ? document.activeElement.name : "";
    const labels = model.get("choices").map((choice) => {
      const label = document.createElement("label");
      const input = field(choice);
      input.name = choice.name;
      input.addEventListener("change", () => pick(choice, input));
      label.append(Object.assign(document.createElement("span"), { textContent: choice.label }), input);
      return label;
    });
    el.replaceChildren(...labels);
    if (held) el.querySelector(`[name="${CSS.escape(held)}"]`)?.focus();
  };
  model.on("change:choices", show);
  show();
}

export default { render };
