// Pointer, touch, wheel and keys on the map, and the start of it all.

const tip = document.getElementById('tip');
const status = document.getElementById('status');
const pointers = new Map();  // the fingers, or the button held: id -> where it is
let moved = 0;               // pixels that the first pointer went since it came down

const at = (event) => {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
};

function hideTip() {
  tip.hidden = true;
  canvas.classList.remove('pointing');
}

function hover(event) {
  const p = at(event);
  const i = pointAt(p.x, p.y, 4);
  if (i === null) return hideTip();
  canvas.classList.add('pointing');
  tip.textContent = data.labels[i] + (data.noun ? ` · ${counted(data.weights[i], data.noun)}` : '');
  tip.hidden = false;
  tip.style.left = `${Math.max(4, Math.min(p.x + 14, view.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${p.y + 18 + tip.offsetHeight > view.height ? p.y - tip.offsetHeight - 10 : p.y + 18}px`;
}

canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, at(event));
  if (pointers.size === 1) moved = 0;
  hideTip();
});
canvas.addEventListener('pointermove', (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) {
    if (event.pointerType === 'mouse') hover(event);
    return;
  }
  const now = at(event);
  if (pointers.size === 1) {
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved > 4) {
      canvas.classList.add('dragging');
      panBy(now.x - before.x, now.y - before.y);
    }
  } else if (pointers.size === 2) {
    moved = Infinity;
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const spread = (p) => Math.max(Math.hypot(p.x - other.x, p.y - other.y), 1);
    panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    zoomAt(middle.x, middle.y, spread(now) / spread(before));
  }
  pointers.set(event.pointerId, now);
});
function release(event) {
  if (!pointers.delete(event.pointerId)) return;
  canvas.classList.remove('dragging');
  if (pointers.size || moved > 4 || event.type !== 'pointerup') return;
  const p = at(event);
  const i = pointAt(p.x, p.y, event.pointerType === 'mouse' ? 4 : 16);
  if (i !== null) select('subject', i);
  else if (location.hash) clearSelection();
}
canvas.addEventListener('pointerup', release);
canvas.addEventListener('pointercancel', release);
canvas.addEventListener('pointerleave', hideTip);
canvas.addEventListener('wheel', (event) => {
  event.preventDefault();
  hideTip();
  const p = at(event);
  const lines = event.deltaMode === 1 ? 16 : 1;
  zoomAt(p.x, p.y, Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) / 400));
}, { passive: false });
canvas.addEventListener('dblclick', (event) => zoomAt(at(event).x, at(event).y, 2));

/** Says what lies in the middle, for those who steer by keys. */
function announceMiddle() {
  const i = pointAt(view.width / 2, view.height / 2, 60);
  status.textContent = i === null ? '' : `In the middle: ${data.labels[i]}`;
}

const mapKeys = {
  ArrowLeft: () => panBy(60, 0),
  ArrowRight: () => panBy(-60, 0),
  ArrowUp: () => panBy(0, 60),
  ArrowDown: () => panBy(0, -60),
  '+': () => zoomAt(view.width / 2, view.height / 2, 1.4),
  '=': () => zoomAt(view.width / 2, view.height / 2, 1.4),
  '-': () => zoomAt(view.width / 2, view.height / 2, 1 / 1.4),
  0: showAll,
  Enter: () => {
    const i = pointAt(view.width / 2, view.height / 2, 60);
    if (i !== null) select('subject', i);
  },
};
canvas.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(mapKeys, event.key)) return;
  event.preventDefault();
  mapKeys[event.key]();
  announceMiddle();
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== query) {
    event.preventDefault();
    query.focus();
    query.select();
  } else if (event.key === 'Escape') {
    clearSelection();
    canvas.focus({ preventScroll: true });
  }
});

document.getElementById('zoom-in').addEventListener('click', mapKeys['+']);
document.getElementById('zoom-out').addEventListener('click', mapKeys['-']);
document.getElementById('zoom-all').addEventListener('click', showAll);
document.getElementById('empty').hidden = data.x.length > 0;
document.getElementById('facts').textContent = [
  `${data.facts}.`, 'The nearer two subjects lie, the more alike they are.',
  data.style.byWeight ? 'Larger dots are on more works.' : '',
  data.regions.length ? 'Colours and bold names mark groups of them.' : '',
].join(' ').trim();

window.addEventListener('hashchange', applyAddress);
window.addEventListener('popstate', applyAddress);
new ResizeObserver(resize).observe(canvas.parentElement);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  readTheme();
  redraw();
});
readTheme();
showKey();
resize();
applyAddress();
