// Play and pause, step, reset, speed. Space plays and pauses, the right arrow steps, wherever the focus is, unless a control
// that was reached by keyboard needs the key itself.

const HTML = `
  <div class="buttons">
    <button type="button" class="play"></button>
    <button type="button" class="step">Step</button>
    <button type="button" class="reset">Reset</button>
  </div>
  <fieldset class="speed"><legend>Weeks a second</legend></fieldset>
  <p class="keys quiet"><kbd>Space</kbd> plays and pauses, <kbd>→</kbd> steps</p>`;

const WORDS = { playing: "Pause", ended: "Ended", building: "Play", failed: "Play", paused: "Play" };

function render({ model, el }) {
  el.classList.add("transport");
  el.innerHTML = HTML;
  const [play, step, reset] = ["play", "step", "reset"].map((name) => el.querySelector(`button.${name}`));
  const tell = (order) => model.send({ do: order });
  const toggle = () => tell(model.get("state") === "playing" ? "pause" : "play");

  play.addEventListener("click", toggle);
  step.addEventListener("click", () => tell("step"));
  reset.addEventListener("click", () => tell("reset"));
  const speeds = addSpeeds(el.querySelector("fieldset"), model);

  const show = () => {
    const state = model.get("state");
    el.dataset.state = state;
    play.textContent = WORDS[state] ?? "Play";
    play.disabled = !["playing", "paused"].includes(state);
    step.disabled = play.disabled;
    reset.disabled = state === "building";
    for (const input of speeds) input.checked = Number(input.value) === model.get("speed");
  };
  model.on("change:state change:speed", show);
  show();

  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["Space", "ArrowRight"].includes(event.code)) return;
    if (needsKey(event.target, event.code)) return;
    event.preventDefault(); // the page does not scroll
    if (event.code === "ArrowRight") tell("step");
    else if (!event.repeat) toggle();
  };
  const letGoSoon = () => setTimeout(letGo);
  const listeners = { keydown: press, pointerup: letGoSoon, click: letGo, change: letGo };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
}

// Speeds are radio buttons: one group to the keyboard and to screen readers.
function addSpeeds(fieldset, model) {
  return model.get("speeds").map((speed) => {
    const label = document.createElement("label");
    label.innerHTML = `<input type="radio" name="speed"><span></span>`;
    const input = label.querySelector("input");
    input.value = speed;
    label.querySelector("span").textContent = speed;
    input.addEventListener("change", () => model.send({ do: "speed", speed }));
    fieldset.append(label);
    return input;
  });
}

// A control keeps the keys that it works with itself.
function needsKey(target, code) {
  if (!(target instanceof Element)) return false;
  if (target.matches("input[type=range], input[type=radio]")) return code === "ArrowRight";
  if (target.matches("button, a, summary")) return code === "Space";
  return target.matches("input, select, textarea, [contenteditable]");
}

// What was clicked gives the keys back to the page, so that Space plays; who came by Tab (and sees the ring) keeps the focus.
function letGo() {
  const control = document.activeElement;
  const clicked = ["button", "summary", "input[type=range]", "input[type=radio]"].map((kind) => `${kind}:not(:focus-visible)`);
  if (control?.matches(clicked.join())) control.blur();
}

export default { render };
