// What the graphics processor does with ties, citizens, strokes and discs. `look`: the camera's x and y, and how much of the panel (2 in
// all) a side of the unit square takes, across and down.

const LOOK = `#version 300 es
  precision highp float;
  uniform vec4 look;
  vec4 seen(vec2 place) { vec2 at = (place - look.xy) * look.zw; return vec4(at.x, -at.y, 0, 1); }`;

const CORNER = `
  vec2 corner() { return vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0; }`;

const OUT = `#version 300 es
  precision highp float;
  out vec4 colour;`;

// A tie adds its weight to the channel of its tint.
export const TIE = [
  `${LOOK}
  layout(location = 0) in vec2 place;
  uniform int citizens;
  uniform vec3 weights;
  flat out vec3 tint;
  void main() {
    int which = gl_VertexID / citizens, channel = which % 3;
    tint = vec3(channel == 0, channel == 1, channel == 2) * weights[which / 3];
    gl_Position = seen(place);
  }`,
  `${OUT}
  flat in vec3 tint;
  void main() { colour = vec4(tint, 0.0); }`,
];

// Counts become ink: a weight of n covers n s / (1 + n s) of a ceiling, the tints one over the other, on the shade of the regions; and
// over it small citizens, where there is a map of who is seen in which pixel.
const ground = (mapped) => [
  `#version 300 es
  void main() { gl_Position = vec4(vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 4.0 - 1.0, 0, 1); }`,
  `${OUT}
  uniform sampler2D count;
  uniform float unit;
  uniform vec3 strength; // s of each tint
  uniform vec3 ceiling;
  uniform vec3 tints[3];
  uniform vec3 shade;
  uniform vec2 corner;
  ${mapped ? WHO : ""}
  void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy - corner);
    vec4 crossing = texelFetch(count, pixel, 0);
    vec4 who = ${mapped ? "whoIs(pixel)" : "vec4(0.0)"};
    if (crossing + who == vec4(0.0)) discard;
    vec3 inked = crossing.rgb * unit * strength;
    vec3 cover = ceiling * inked / (1.0 + inked);
    vec4 ink = vec4(shade, 1.0) * crossing.a;
    ink = vec4(tints[2], 1.0) * cover.b + ink * (1.0 - cover.b);
    ink = vec4(tints[1], 1.0) * cover.g + ink * (1.0 - cover.g);
    ink = vec4(tints[0], 1.0) * cover.r + ink * (1.0 - cover.r);
    colour = who + ink * (1.0 - who.a);
  }`,
];

const WHO = `
  uniform sampler2D map;
  uniform sampler2D from;
  uniform sampler2D to;
  uniform float tween;
  vec4 whoIs(ivec2 pixel) {
    vec4 who = texelFetch(map, pixel, 0);
    if (who.a == 0.0) return vec4(0.0);
    ivec3 digits = ivec3(who.rgb * 255.0 + 0.5);
    int citizen = digits.x + 256 * digits.y + 65536 * digits.z;
    ivec2 place = ivec2(citizen & 1023, citizen >> 10);
    return vec4(mix(texelFetch(from, place, 0).rgb, texelFetch(to, place, 0).rgb, tween), 1.0) * who.a;
  }`;

export const INK = ground(false);
export const MAPPED = ground(true);

// A citizen: a disc, an official a diamond with a strong edge; who is removed is hollow, who is locked has a dark heart.
export const DOT = [
  `${LOOK}
  layout(location = 0) in vec2 place;
  layout(location = 1) in vec3 from;
  layout(location = 2) in vec3 to;
  layout(location = 3) in uint marks;
  uniform float size;
  uniform float ratio;
  uniform float tween;
  flat out vec3 fill;
  flat out uint marked;
  flat out float wide;
  flat out float room; // around it, for a halo that keeps ties off
  void main() {
    fill = mix(from, to, tween);
    marked = marks;
    wide = (marks & 1u) != 0u ? max(1.5 * size, 7.0 * ratio) : size;
    room = wide > 5.0 * ratio ? 4.0 * ratio : 1.0;
    gl_PointSize = wide + room;
    gl_Position = seen(place);
  }`,
  `${OUT}
  flat in vec3 fill;
  flat in uint marked;
  flat in float wide;
  flat in float room;
  uniform float ratio;
  uniform vec3 ink;
  uniform vec3 paper;
  void main() {
    vec2 at = (gl_PointCoord - 0.5) * (wide + room); // pixels from the middle
    bool official = (marked & 1u) != 0u;
    float out_by = (official ? (abs(at.x) + abs(at.y)) * 0.7071 - 0.36 * wide : length(at) - 0.5 * wide);
    float cover = clamp(0.5 - out_by, 0.0, 1.0);
    float halo = room > 1.0 ? 0.8 * clamp(1.3 * ratio + 0.5 - out_by, 0.0, 1.0) : cover;
    if (halo <= 0.0) discard;
    float edge = official ? max(1.2 * ratio, 0.08 * wide) : 0.07 * wide;
    float rim = clamp(out_by + edge + 0.5, 0.0, 1.0) * (official ? 1.0 : 0.3 * smoothstep(3.0, 9.0, wide / ratio));
    vec3 shade = fill;
    if ((marked & 2u) != 0u) {
      float hollow = clamp(-out_by - max(1.2 * ratio, 0.16 * wide) + 0.5, 0.0, 1.0);
      shade = mix(mix(fill, ink, 0.25), paper, hollow);
      rim *= official ? 1.0 : 0.0;
    } else if ((marked & 4u) != 0u && wide > 5.0 * ratio) {
      float dark = dot(fill, vec3(0.3, 0.59, 0.11)) > 0.45 ? 0.0 : 1.0;
      shade = mix(fill, vec3(dark), 0.85 * clamp(0.17 * wide - length(at) + 0.5, 0.0, 1.0));
    }
    colour = vec4(mix(shade, ink, rim), 1.0) * cover + vec4(paper, 1.0) * halo * (1.0 - cover);
  }`,
];

// Which pixel shows whom: the number of a citizen in three bytes, and how much of the pixel it covers. Only for small discs.
export const MAP = [
  `${LOOK}
  layout(location = 0) in vec2 place;
  uniform float size;
  flat out vec3 number;
  void main() {
    number = vec3(gl_VertexID & 255, (gl_VertexID >> 8) & 255, gl_VertexID >> 16) / 255.0;
    gl_PointSize = size + 1.0;
    gl_Position = seen(place);
  }`,
  `${OUT}
  flat in vec3 number;
  uniform float size;
  void main() {
    float cover = clamp(0.5 * size + 0.5 - length(gl_PointCoord - 0.5) * (size + 1.0), 0.0, 1.0);
    if (cover < 0.04) discard;
    colour = vec4(number, cover);
  }`,
];

// A straight stroke between two places, some pixels wide.
export const STROKE = [
  `${LOOK}${CORNER}
  layout(location = 0) in vec4 ends;
  layout(location = 1) in vec4 tint;
  layout(location = 2) in vec2 wide;
  uniform vec2 pixels;
  uniform float ratio;
  flat out vec4 ink;
  flat out float half_wide;
  out float aside;
  void main() {
    vec2 a = seen(ends.xy).xy * pixels, b = seen(ends.zw).xy * pixels, way = b - a, at = corner();
    vec2 normal = length(way) > 0.0 ? normalize(vec2(-way.y, way.x)) : vec2(0.0);
    half_wide = 0.5 * wide.x * ratio;
    aside = at.y * (half_wide + 1.0);
    gl_Position = vec4((mix(a, b, 0.5 * at.x + 0.5) + 2.0 * normal * aside / ratio) / pixels, 0, 1);
    ink = tint;
  }`,
  `${OUT}
  flat in vec4 ink;
  flat in float half_wide;
  in float aside;
  void main() {
    float alpha = ink.a * clamp(half_wide + 0.5 - abs(aside), 0.0, 1.0);
    colour = vec4(ink.rgb * alpha, alpha);
  }`,
];

// A disc with an edge; its radius is in sides of the unit square, and some pixels more.
export const DISC = [
  `${LOOK}${CORNER}
  layout(location = 0) in vec4 disc;
  layout(location = 1) in vec4 inside;
  layout(location = 2) in vec4 around;
  layout(location = 3) in vec2 wide;
  uniform vec2 pixels;
  uniform float scale;
  uniform float ratio;
  flat out vec4 fill;
  flat out vec4 edge;
  flat out float radius;
  flat out float width;
  out vec2 at;
  void main() {
    radius = (disc.z * scale + disc.w) * ratio;
    width = wide.x * ratio;
    at = corner() * (radius + width + 1.0);
    gl_Position = seen(disc.xy) + vec4(2.0 * at / ratio / pixels, 0, 0);
    fill = inside;
    edge = around;
  }`,
  `${OUT}
  flat in vec4 fill;
  flat in vec4 edge;
  flat in float radius;
  flat in float width;
  in vec2 at;
  void main() {
    float away = length(at);
    float inner = fill.a * clamp(radius - away + 0.5, 0.0, 1.0);
    float outer = edge.a * clamp(0.5 * width + 0.5 - abs(away - radius), 0.0, 1.0);
    colour = mix(vec4(fill.rgb, 1.0) * inner, vec4(edge.rgb, 1.0), outer);
  }`,
];
