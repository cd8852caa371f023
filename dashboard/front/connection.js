// Whether the page still hears its server: a sentence where it does not, in the place of Solara's own boxes, which custom.css hides.

import { h, speaker } from "./dom.js";

const PERIOD = 500; // milliseconds between two looks at the connection
const PATIENCE = 1000; // milliseconds that a connection may be away before it is spoken of
const AGAIN = 2000; // milliseconds between two attempts to connect; left to itself, Jupyter's kernel waits up to half a minute

function render({ model, el }) {
  const say = speaker(model);
  el.classList.add("connection");
  let cutSince = null;
  let triedAt = 0;
  let isLost = false;

  // Solara's page knows: the session is gone for good, or there was a connection and there is none at the moment.
  const look = () => {
    const { needsRefresh, wasConnected, connectionStatus } = window.app?.$data ?? {};
    const isCut = needsRefresh || (wasConnected && connectionStatus !== "connected");
    if (isCut) cutSince ??= performance.now();
    else cutSince = null;
    if ((needsRefresh || (isCut && connectionStatus === "disconnected")) && !isLost) lose();
    const isFelt = isCut && performance.now() - cutSince > PATIENCE;
    if (isFelt && !isLost) connect();
    draw((isLost && "lost") || (isFelt && "cut") || "");
  };

  // The worlds were in the server's memory. The address has all of them but the week, which is on the axis of time.
  const lose = () => {
    isLost = true;
    const tick = Number(document.querySelector(".timeline")?.dataset.tick ?? 0);
    const address = model.get("address");
    history.replaceState(null, "", tick ? `${address}${address.includes("=") ? "&" : ""}tick=${tick}` : address);
  };

  const connect = async () => {
    const now = performance.now();
    if (now - triedAt < AGAIN || window.solara.debug?.ws()?.readyState === WebSocket.CONNECTING) return;
    triedAt = now;
    const answer = await fetch(`${window.solara.rootPath}/readyz`, { cache: "no-store" }).catch(() => null);
    if (answer?.ok && cutSince !== null && !isLost) window.solara.debug?.kernel()?.reconnect().catch(() => {});
  };

  // What the page was opened with stands there until something is changed.
  let known = model.get("address");
  model.on("change:address", () => {
    const before = known;
    known = model.get("address");
    if (model.get("keeps") && before !== "?" && !isLost) history.replaceState(history.state, "", known);
  });

  let shown = null;
  const draw = (state) => {
    const words = state && [say(`notice.${state}`), state === "lost" ? say("notice.again") : ""];
    if (String(words) === shown) return;
    shown = String(words);
    el.dataset.state = state;
    el.replaceChildren(
      state ? h("p", { class: "notice" }, h("span", {}, words[0]), words[1] ? h("a", { href: location.href }, words[1]) : "") : "",
    );
  };
  const watch = setInterval(look, PERIOD);
  look();
  return () => clearInterval(watch);
}

export default { render };
