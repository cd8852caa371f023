// What Solara's frame of the page leaves out: which language it is in, and that a viewer may enlarge it. Solara includes a file of this name.

document.documentElement.lang = new URLSearchParams(location.search).get("lang") || "en"; // later the bar says so
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";
