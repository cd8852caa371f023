// Solara includes a file of this name in every page. It brings Chinese letters for machines that have none: Noto Sans CJK SC with the
// characters of this page (scripts/font.py makes it). The font is made known once it is there: what Chromium draws while it waits for one
// that a style sheet announces, it may keep as it was.
for (const [name, weight] of [["regular", "400"], ["bold", "700"]]) {
  const place = new URL(`fonts/lab-han-${name}.woff2`, document.currentScript.src);
  new FontFace("Lab Han", `url("${place}")`, { weight }).load().then((face) => document.fonts.add(face), console.warn);
}
