// The map: what part of it is shown, and drawing that on the canvas.
//
// The data's positions are whole numbers in 0..65535 on both axes, at one scale. The view is the
// position in the middle of the canvas and how many pixels (of CSS) a unit takes.

const canvas = document.getElementById('map');
const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
const view = { x: 0, y: 0, scale: 1, width: 0, height: 0, ratio: 1, least: 1, most: 1, image: null };
const theme = { colors: [], rgb: [], ground: 0, ink: '', halo: '', ring: '' };

const toScreenX = (x) => (x - view.x) * view.scale + view.width / 2;
const toScreenY = (y) => (y - view.y) * view.scale + view.height / 2;
const toMapX = (px) => (px - view.width / 2) / view.scale + view.x;
const toMapY = (py) => (py - view.height / 2) / view.scale + view.y;

/** Points best known first: who is labelled first and found first, and drawn below the smaller. */
const byWeight = data.labels.map((_, i) => i).sort((a, b) => data.weights[b] - data.weights[a] || a - b);
const drawOrder = data.style.byWeight ? byWeight : byWeight.slice().reverse();
/** The map's own extent. */
const extent = (() => {
  if (!data.x.length) return { left: 0, right: 1, top: 0, bottom: 1 };
  const range = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)],
                                          [Infinity, -Infinity]);
  const [left, right] = range(data.x);
  const [top, bottom] = range(data.y);
  return { left, right, top, bottom };
})();

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  const kind = data.scale ? '--s' : '--c';
  theme.colors = Array.from({ length: 9 }, (_, i) => value(kind + i));
  if (data.style.one && !data.key.length) theme.colors[0] = data.style.one;
  theme.ink = value('--ink');
  theme.halo = value('--halo');
  theme.ring = value('--ring');
  const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  theme.rgb = theme.colors.map(rgb);
  theme.ground = new Uint32Array(new Uint8Array([...rgb(value('--ground')), 255]).buffer)[0];
}

/** How much larger than the least a dot is: ten times as many works, half as large again. */
const sizes = data.weights.map((weight) => data.style.size * (data.style.byWeight
    ? Math.min(3, 0.75 + 0.5 * Math.log10(Math.max(1, weight))) : 1));

/** The radius of a dot of size 1: it grows as one zooms in, up to what a finger can hit. */
function baseRadius() {
  const crowd = data.x.length > 5000 ? 1.7 : data.x.length > 500 ? 2.6 : 4;
  return Math.min(6, crowd * Math.pow(view.scale / view.least, 0.35));
}
const radius = (i) => Math.min(14, baseRadius() * sizes[i]);

/** A dot as coverages in 0..255, `side` squared, its edge smooth. */
function dotMask(size, strength) {
  const side = Math.ceil(size) * 2 + 1;
  const mask = new Uint8Array(side * side);
  const middle = (side - 1) / 2;
  for (let k = 0; k < mask.length; ++k) {
    const away = Math.hypot((k % side) - middle, Math.floor(k / side) - middle);
    mask[k] = 255 * strength * Math.min(1, Math.max(0, size + 0.5 - away));
  }
  return { side, mask };
}

/**
 * Blends a dot for every point in sight into an image of the canvas. Done by hand, since this takes
 * milliseconds for 20,000 points with and without a graphics processor, and 20,000 calls of the
 * canvas do not.
 */
function drawDots() {
  const { ratio, width, height, image } = view;
  const pixels = image.data;
  new Uint32Array(pixels.buffer).fill(theme.ground);
  const usual = data.x.length > 2000 ? 0.5 : 0.75;
  const strength = (data.style.opacity || usual) * (selection.focus.size ? 0.5 : 1);
  const masks = new Map();  // by the radius in quarters of a pixel
  const k = view.scale * ratio;
  const base = baseRadius();
  for (const i of drawOrder) {
    const size = Math.round(Math.min(14, base * sizes[i]) * ratio * 4);
    if (!masks.has(size)) masks.set(size, dotMask(size / 4, strength));
    const { side, mask } = masks.get(size);
    const dx = (width / 2) * ratio - view.x * k - (side - 1) / 2;
    const dy = (height / 2) * ratio - view.y * k - (side - 1) / 2;
    const left = Math.round(data.x[i] * k + dx);
    const top = Math.round(data.y[i] * k + dy);
    if (left < 0 || top < 0 || left + side > image.width || top + side > image.height) continue;
    const [red, green, blue] = theme.rgb[data.colors[i]];
    for (let y = 0, m = 0; y < side; ++y) {
      let p = ((top + y) * image.width + left) * 4;
      for (let x = 0; x < side; ++x, ++m, p += 4) {
        const a = mask[m];
        pixels[p] += ((red - pixels[p]) * a) >> 8;
        pixels[p + 1] += ((green - pixels[p + 1]) * a) >> 8;
        pixels[p + 2] += ((blue - pixels[p + 2]) * a) >> 8;
      }
    }
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.putImageData(image, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function drawRing(i, size, width) {
  context.beginPath();
  context.arc(toScreenX(data.x[i]), toScreenY(data.y[i]), size, 0, 2 * Math.PI);
  context.fillStyle = theme.colors[data.colors[i]];
  context.fill();
  context.lineWidth = width;
  context.strokeStyle = theme.ring;
  context.stroke();
}

/** Lines to the selected subject's neighbours, and rings round all that the selection names. */
function drawSelection() {
  const { subject, focus } = selection;
  if (subject !== null) {
    context.strokeStyle = theme.ink;
    context.globalAlpha = 0.3;
    context.lineWidth = 1;
    context.beginPath();
    for (const i of focus) {
      context.moveTo(toScreenX(data.x[subject]), toScreenY(data.y[subject]));
      context.lineTo(toScreenX(data.x[i]), toScreenY(data.y[i]));
    }
    context.stroke();
    context.globalAlpha = 1;
  }
  for (const i of focus) drawRing(i, radius(i) + 2, 1.2);
  if (subject !== null) drawRing(subject, radius(subject) + 4, 2.5);
}

const shortened = new Map();
function shortLabel(i) {
  let label = shortened.get(i);
  if (label === undefined) {
    const points = Array.from(data.labels[i]);
    const text = points.length > 34 ? points.slice(0, 33).join('') + '…' : points.join('');
    label = { text, width: context.measureText(text).width };
    shortened.set(i, label);
  }
  return label;
}

/** Names of regions, the largest first; more find room as one zooms in, until points speak. */
function drawRegions(taken) {
  if (view.scale > view.least * 14) return;
  context.font = '700 15px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';
  context.globalAlpha = selection.focus.size ? 0.4 : 1;
  context.lineWidth = 4;
  context.strokeStyle = theme.halo;
  context.fillStyle = theme.ink;
  const most = Math.max(3, Math.round((view.width * view.height) / 40000));
  let drawn = 0;
  for (const { name, x, y } of data.regions) {
    const width = context.measureText(name).width;
    const left = toScreenX(x) - width / 2;
    const middle = toScreenY(y);
    const box = [left - 6, middle - 12, left + width + 6, middle + 12];
    if (box[0] < 0 || box[2] > view.width || box[1] < 0 || box[3] > view.height) continue;
    if (taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) continue;
    taken.push(box);
    context.strokeText(name, left, middle);
    context.fillText(name, left, middle);
    if (++drawn === most) break;
  }
  context.globalAlpha = 1;
}

/** Labels that do not touch: the selection's first, then the best known in sight. */
function drawLabels() {
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const taken = [[view.width - 56, 0, view.width, 146]];  // the buttons
  if (selection.subject === null) drawRegions(taken);
  context.font = '500 12.5px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';
  const most = Math.min(60, Math.round((view.width * view.height) / 9000));
  const place = (i, always) => {
    const x = toScreenX(data.x[i]);
    const y = toScreenY(data.y[i]);
    if (x < 0 || y < 0 || x > view.width || y > view.height) return;
    const { text, width } = shortLabel(i);
    const away = radius(i) + 5;
    const spots = [[x + away, y], [x - away - width, y], [x - width / 2, y - away - 6],
                   [x - width / 2, y + away + 6]];
    for (const [left, middle] of spots) {
      const box = [left - 3, middle - 9, left + width + 3, middle + 9];
      if (box[0] < 0 || box[2] > view.width || box[1] < 0 || box[3] > view.height) continue;
      if (taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) continue;
      taken.push(box);
      context.globalAlpha = always || !selection.focus.size ? 1 : 0.55;
      context.strokeStyle = theme.halo;
      context.lineWidth = 3.5;
      context.strokeText(text, left, middle);
      context.fillStyle = theme.ink;
      context.fillText(text, left, middle);
      return;
    }
  };
  if (selection.subject !== null) place(selection.subject, true);
  for (const i of selection.focus) place(i, true);
  for (let k = 0, tried = 0; k < byWeight.length && taken.length < most && tried < 400; ++k) {
    const i = byWeight[k];
    const x = toScreenX(data.x[i]);
    const y = toScreenY(data.y[i]);
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    ++tried;
    if (i !== selection.subject && !selection.focus.has(i)) place(i, false);
  }
  context.globalAlpha = 1;
}

function draw() {
  if (!view.image) return;
  drawDots();
  drawSelection();
  drawLabels();
}

let frame = 0;
/** Draws at the next frame, once however often it is asked. */
function redraw() {
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    draw();
  });
}

function clampView() {
  view.scale = Math.min(view.most, Math.max(view.least * 0.5, view.scale));
  view.x = Math.min(extent.right, Math.max(extent.left, view.x));
  view.y = Math.min(extent.bottom, Math.max(extent.top, view.y));
}

/** Zooms by `factor`, what lies at this place of the canvas staying there. */
function zoomAt(px, py, factor) {
  const x = toMapX(px);
  const y = toMapY(py);
  view.scale = Math.min(view.most, Math.max(view.least * 0.5, view.scale * factor));
  view.x = x - (px - view.width / 2) / view.scale;
  view.y = y - (py - view.height / 2) / view.scale;
  clampView();
  redraw();
}

function panBy(dx, dy) {
  view.x -= dx / view.scale;
  view.y -= dy / view.scale;
  clampView();
  redraw();
}

function showAll() {
  view.scale = view.least;
  view.x = (extent.left + extent.right) / 2;
  view.y = (extent.top + extent.bottom) / 2;
  redraw();
}

/** Moves the view so that all of these points can be seen, zooming in no further than is useful. */
function show(points) {
  if (!points.length) return;
  const xs = points.map((i) => data.x[i]);
  const ys = points.map((i) => data.y[i]);
  const [left, right, top, bottom] =
      [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const fit = Math.min(view.width / Math.max(right - left, 1), view.height / Math.max(bottom - top, 1));
  view.scale = Math.min(fit * 0.5, Math.max(view.scale, view.least * 12));
  view.x = (left + right) / 2;
  view.y = (top + bottom) / 2;
  clampView();
  redraw();
}

/** The point nearest to a place on the canvas, within reach of a finger or a pointer; or null. */
function pointAt(px, py, reach) {
  let best = null;
  let bestDistance = 0;  // from the edge of the dot
  for (const i of byWeight) {
    const distance = Math.hypot(toScreenX(data.x[i]) - px, toScreenY(data.y[i]) - py) - radius(i) - reach;
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best;
}

/** Fits the canvas to its place on the page; the first time shows everything. */
function resize() {
  const box = canvas.getBoundingClientRect();
  const first = view.width === 0;
  const whole = first || view.scale === view.least;
  view.width = box.width;
  view.height = box.height;
  view.ratio = Math.min(window.devicePixelRatio || 1, 3);
  const width = Math.max(1, Math.round(box.width * view.ratio));
  const height = Math.max(1, Math.round(box.height * view.ratio));
  if (canvas.width !== width || canvas.height !== height || !view.image) {
    canvas.width = width;
    canvas.height = height;
    view.image = context.createImageData(width, height);
  }
  const room = (pixels) => Math.max(pixels - 2 * Math.min(50, pixels / 8), 1);
  view.least = Math.min(room(view.width) / Math.max(extent.right - extent.left, 1),
                        room(view.height) / Math.max(extent.bottom - extent.top, 1));
  view.most = Math.max(view.least * 200, 1);
  if (whole) showAll();
  clampView();
  redraw();
}
