// What Solara's frame of the page leaves out: which language it is in, and that a viewer may enlarge it. Solara includes a file of this name.

document.documentElement.lang = new URLSearchParams(location.search).get("lang") || "en"; // later the bar says so
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";

// Where the script of all parts is. Anywidget tells this itself, but by a script of its own, for which Solara does not wait: on a busy machine
// a part may be made before it has come. Read by the loader of scripts, which comes after this file.
window.require = { map: { "*": { anywidget: "nbextensions/anywidget/index" } } };
