"use strict";
const root = document.documentElement;
addEventListener("error", e => { root.dataset.script = "failed: " + e.message; });
const svg = document.querySelector("svg.timeline");
const tip = document.getElementById("tip");
const parts = JSON.parse(document.getElementById("parts").textContent);
// A history without times has no time axis; all else is there.
const end = svg ? Number(svg.dataset.end) : 0, left = svg ? Number(svg.dataset.left) : 0;
const width = svg ? Number(svg.dataset.width) : 0, ns = "http://www.w3.org/2000/svg";
const whole = document.getElementById("whole");
const articles = [...document.querySelectorAll("article.violation")];
let from = 0, to = end, grabbed = null, shown = 0, node = null, operation = null;
if (svg) document.getElementById("hint").hidden = false;

function x(time) { return left + (time - from) / (to - from) * width; }
function time(event) {
  const box = svg.getBoundingClientRect();
  const at = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
  return Math.min(Math.max(from + (at - left) / width * (to - from), from), to);
}
function make(name, attributes) {
  const element = document.createElementNS(ns, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
}

// A closer look: everything in .data is stretched, names and marks only move. False where there is
// too little, or nothing of the run, between the two times.
function show(a, b, quietly) {
  const start = Math.max(0, a), stop = Math.min(end, b);
  if (!svg || !(stop - start > end / 20000)) return false;
  from = start; to = stop;
  const scale = end / (to - from), origin = left + from / end * width;
  svg.querySelector(".data").setAttribute("transform", `translate(${left - origin * scale} 0) scale(${scale} 1)`);
  for (const element of svg.querySelectorAll("[data-x]")) {
    const at = left + (Number(element.dataset.x) - origin) * scale;
    const gone = at < left - 1 || at > left + width;
    if (element.classList.contains("mark")) {
      const y = element.getAttribute("transform").match(/[ ,]([\d.]+)\)/)[1];
      element.setAttribute("transform", `translate(${at} ${y})`);
    } else element.setAttribute("x", at + 3);
    element.style.display = gone && !element.classList.contains("fault-name") ? "none" : "";
  }
  ticks();
  whole.hidden = from === 0 && to === end && !node;
  for (const row of document.querySelectorAll(".follows [data-from]")) row.classList.toggle("outside", !isInside(row));
  for (const pick of document.querySelectorAll("a.pick")) pick.classList.toggle("here", pick.dataset.pick === node);
  follow();
  // The violation that is shown is one of those that the timeline shows, if there is any.
  const place = articles.findIndex(isInside);
  if (!quietly && place >= 0 && shown > 0 && !isInside(articles[shown - 1])) choose(place + 1, false);
  document.dispatchEvent(new CustomEvent("look", {detail: {from, to}}));
  if (!quietly) write();
  return true;
}
// Whether something happened between the two times that the timeline shows, and on the chosen node.
function isInside(part) {
  const {from: start, to: stop, node: place} = part.dataset;
  return !(Number(stop) < from || Number(start) > to || (node && place && place !== node));
}
function ticks() {
  const group = svg.querySelector(".ticks"), y = Number(group.dataset.y);
  const steps = [.0001,.0002,.0005,.001,.002,.005,.01,.02,.05,.1,.2,.5,1,2,5,10,20,30,60,120,300,600,1800,3600];
  const step = steps.find(s => (to - from) / s <= 12) || (to - from) / 10;
  group.replaceChildren();
  for (let t = Math.ceil(from / step) * step; t <= to + 1e-9; t += step) {
    group.append(make("line", {x1: x(t), x2: x(t), y1: y, y2: y + 4, class: "axis"}));
    const text = make("text", {x: x(t), y: y + 17, "text-anchor": "middle"});
    text.textContent = Number(t.toFixed(4)) + " s";
    group.append(text);
  }
}

// One violation at a time; all of them without a script and on paper.
function choose(number, scroll) {
  if (!articles.length) return;
  shown = Math.min(Math.max(number, 1), articles.length);
  operation = null;
  tellers.forEach(tell => tell(null));
  articles.forEach((article, place) => article.classList.toggle("away", place + 1 !== shown));
  for (const mark of document.querySelectorAll("svg.timeline .mark")) mark.classList.toggle("here", Number(mark.dataset.violation) === shown);
  const which = document.getElementById("which");
  which.textContent = `violation ${shown} of ${which.dataset.all}`;
  if (scroll) { articles[shown - 1].scrollIntoView({block: "nearest"}); write(); }
}
if (articles.length > 1) {
  document.getElementById("steps").hidden = false;
  document.getElementById("previous").addEventListener("click", () => choose(shown > 1 ? shown - 1 : articles.length, true));
  document.getElementById("next").addEventListener("click", () => choose(shown < articles.length ? shown + 1 : 1, true));
}
document.addEventListener("click", event => {
  const link = event.target.closest("[data-violation]");
  if (link && Number(link.dataset.violation) <= articles.length) { event.preventDefault(); choose(Number(link.dataset.violation), true); }
});

// The fragment: #t=14-18.5&v=2&op=812&node=n3, so that what is seen can be sent to somebody.
function write() {
  const words = [];
  if (from > 0 || to < end) words.push(`t=${Number(from.toFixed(4))}-${Number(to.toFixed(4))}`);
  if (shown > 1) words.push("v=" + shown);
  if (operation) words.push("op=" + operation);
  if (node) words.push("node=" + node);
  history.replaceState(null, "", words.length ? "#" + words.join("&") : location.pathname + location.search);
}
function read() {
  const hash = location.hash.slice(1), plain = hash.match(/^v(\d+)$/);
  const words = new URLSearchParams(hash), range = (words.get("t") || "").match(/^([\d.]+)-([\d.]+)$/);
  node = words.get("node");
  if (!range || !show(Number(range[1]), Number(range[2]), true)) show(0, end, true);
  const asked = plain ? Number(plain[1]) : Number(words.get("v"));
  const id = (hash.match(/^op(\d+)$/) || [])[1] || words.get("op");
  const holder = id ? articles.findIndex(article => article.querySelector(named(id))) + 1 : 0;
  choose(holder || (articles[asked - 1] ? asked : articles.findIndex(isInside) + 1), false);
  if (holder) point(articles[holder - 1], id);
}
function named(id) { return `[data-operation="${CSS.escape(id)}"]`; }

// An operation in an address: its bar, or where none is to be seen its row among all of its key.
function point(article, id) {
  const bar = article.querySelector(".bar" + named(id)), row = article.querySelector("tr" + named(id));
  tellers.get(article)(id);
  operation = id;
  if (!row || bar && bar.getClientRects().length) return;
  row.closest("details").open = true;
  row.scrollIntoView({block: "center"});
}
for (const pick of document.querySelectorAll("a.pick")) pick.addEventListener("click", event => {
  event.preventDefault();
  node = node === pick.dataset.pick ? null : pick.dataset.pick;
  show(from, to);
});
// A link to another part of the page leaves what is shown as it is.
function unfold() {
  const part = document.getElementById(location.hash.slice(1));
  if (!part || part.tagName !== "DETAILS") return;
  part.open = true; part.classList.remove("outside"); part.scrollIntoView({block: "start"});
}
addEventListener("hashchange", () => {
  const hash = location.hash.slice(1);
  unfold();
  if (!hash || /^(v|op)\d+$/.test(hash) || !document.getElementById(hash)) read();
});

// On a narrow screen a drawing scrolls, and the names of its rows stay.
for (const part of document.querySelectorAll(".wide")) {
  const drawing = part.querySelector("svg");
  if (!drawing) continue;
  const names = [...drawing.querySelectorAll(".pin")];
  part.addEventListener("scroll", () => {
    const at = part.scrollLeft * drawing.viewBox.baseVal.width / drawing.getBoundingClientRect().width;
    for (const name of names) {
      name.setAttribute("transform", `translate(${at} 0)`);
      name.classList.toggle("pinned", at > 0);
    }
  });
}

// What an operation of a drawing may have left: under the pointer, by a click or a tap, and by keys;
// its bar and its row stand out together.
const tellers = new Map();
for (const article of articles) {
  const bars = [...article.querySelectorAll(".space-time .bar")], rows = [...article.querySelectorAll("tr[data-operation]")];
  const words = article.querySelector(".after"), hint = "Point at a bar, or move along them with the arrow keys, to read here what the key may have held after it.";
  words.classList.add("quiet");
  words.textContent = hint;
  const tell = id => {
    for (const other of [...bars, ...rows]) other.classList.toggle("told", other.dataset.operation === id);
    for (const line of article.querySelectorAll(".space-time .before"))
      line.classList.toggle("here", line.dataset.ends.split(" ").includes(id));
    const bar = bars.find(bar => bar.dataset.operation === id), label = bar ? bar.querySelector("text").textContent : hint;
    words.classList.toggle("quiet", !bar);
    words.textContent = bar && bar.dataset.after ? `${label}: ${bar.dataset.after}` : label;
  };
  const keep = id => { tell(id); operation = id; write(); };
  tellers.set(article, tell);
  bars.forEach((bar, place) => {
    const id = bar.dataset.operation;
    bar.addEventListener("pointerenter", () => tell(id));
    for (const kind of ["focus", "click"]) bar.addEventListener(kind, () => keep(id));
    bar.addEventListener("keydown", event => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      if (!step) return;
      bars[(place + step + bars.length) % bars.length].focus();
      event.preventDefault();
    });
  });
  for (const row of rows) row.addEventListener("click", event => { event.preventDefault(); keep(row.dataset.operation); });
}

// The nodes' logs between the two times that the timeline shows.
const log = document.getElementById("log-data");
const lines = log ? [...log.content.children].map(line => ({time: Number(line.dataset.t), node: line.dataset.n, text: line.textContent})) : [];
function follow() {
  if (!log) return;
  const panel = document.getElementById("lines"), head = document.getElementById("lines-of");
  const near = from > 0 || to < end || node;
  panel.hidden = !near;
  head.textContent = near ? "" : "Look closer in the timeline, and what all nodes wrote between those two times is here.";
  if (!near) return;
  const found = lines.filter(line => line.time >= from && line.time <= to && (!node || line.node === node));
  head.textContent = `${found.length} lines from ${from.toFixed(3)} to ${to.toFixed(3)} s` + (node ? ` of ${node}` : "")
    + (found.length > 400 ? ", the first 400" : "") + (log.dataset.whole === "yes" ? "" : "; lines far from every violation and fault are in the files only");
  panel.replaceChildren(...found.slice(0, 400).flatMap(line => {
    const name = document.createElement("b");
    name.textContent = `${line.time.toFixed(3)} ${line.node} `;
    return [name, line.text + "\n"];
  }));
}

function look(element) {
  const a = Number(element.dataset.from), b = Number(element.dataset.to), margin = Math.max(b - a, end / 200);
  show(a - margin / 2, b + 2 * margin);
}
if (svg) watch();
function watch() {
  const height = svg.viewBox.baseVal.height;
  const cross = make("line", {id: "cross-hair", y1: 0, y2: height - 22, visibility: "hidden"});
  const choice = make("rect", {id: "choice", y: 0, height: height - 22, width: 0});
  svg.append(choice, cross);
  const fingers = new Map();
  let pinched = false;
  svg.addEventListener("pointermove", event => {
    const t = time(event), part = parts[Math.min(parts.length - 1, Math.floor(t / end * parts.length))];
    if (fingers.has(event.pointerId) && fingers.size === 2) { pinch(event); return; }
    const step = end / parts.length;
    cross.setAttribute("x1", x(t)); cross.setAttribute("x2", x(t));
    cross.setAttribute("visibility", "visible");
    const title = event.target !== svg && event.target.closest("[class]")?.querySelector("title");
    const rate = ["ok", "refused", "failed", "unknown"].map((word, place) => `${word} ${(part[place] / step).toFixed(0)}/s`);
    const latency = part[4] === null ? "nothing succeeded" : `median ${part[4]} ms, 99th percentile ${part[5]} ms`;
    tip.textContent = `${t.toFixed(3)} s\n${rate.join(", ")}\n${latency}` + (title && title.parentNode !== svg ? "\n" + title.textContent.slice(0, 160) : "");
    tip.hidden = false;
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
    if (grabbed !== null) {
      choice.setAttribute("x", x(Math.min(grabbed, t)));
      choice.setAttribute("width", Math.abs(x(t) - x(grabbed)));
    }
  });
  svg.addEventListener("pointerleave", () => { tip.hidden = true; cross.setAttribute("visibility", "hidden"); });
  svg.addEventListener("pointerdown", event => {
    fingers.set(event.pointerId, event.clientX);
    if (fingers.size === 2) { pinched = true; grabbed = null; choice.setAttribute("width", 0); return; }
    if (event.target.closest(".mark, .pick") || event.pointerType === "touch") return;
    grabbed = time(event); event.preventDefault(); svg.focus({preventScroll: true});
  });
  function pinch(event) {
    const before = [...fingers.values()];
    fingers.set(event.pointerId, event.clientX);
    const after = [...fingers.values()], scale = Math.abs(before[0] - before[1]) / Math.max(Math.abs(after[0] - after[1]), 1);
    const middle = time({clientX: (after[0] + after[1]) / 2}), share = (middle - from) / (to - from);
    const span = Math.min(end, (to - from) * scale);
    show(Math.max(0, middle - span * share), Math.max(0, middle - span * share) + span);
  }
  // One finger scrolls; of two the browser would take the one that moves first for another scroll.
  for (const kind of ["touchstart", "touchmove"])
    svg.addEventListener(kind, event => { if (event.touches.length > 1) event.preventDefault(); }, {passive: false});
  addEventListener("pointerup", event => {
    const isTap = Math.abs(event.clientX - fingers.get(event.pointerId)) < 10;
    fingers.delete(event.pointerId);
    // The end of a pinch is no tap on what lies under the finger.
    const wasPinch = pinched;
    if (fingers.size === 0) pinched = false;
    if (wasPinch) return;
    const part = event.target.closest?.("svg.timeline [data-from]");
    const t = grabbed === null ? null : time(event), start = grabbed;
    grabbed = null; choice.setAttribute("width", 0);
    if (t !== null && Math.abs(x(t) - x(start)) > 6) show(Math.min(start, t), Math.max(start, t));
    else if (part && (t !== null || event.pointerType === "touch" && isTap)) look(part);
  });
  addEventListener("pointercancel", event => {
    fingers.delete(event.pointerId);
    if (fingers.size === 0) pinched = false;
    grabbed = null; choice.setAttribute("width", 0);
  });
  svg.addEventListener("keydown", event => {
    const span = to - from, middle = (from + to) / 2;
    if (event.key === "+" || event.key === "=") show(middle - span / 4, middle + span / 4);
    else if (event.key === "-") show(Math.max(0, middle - span), middle + span);
    else if (event.key === "ArrowLeft") show(Math.max(0, from - span / 4), Math.max(span, to - span / 4));
    else if (event.key === "ArrowRight") show(Math.min(end - span, from + span / 4), Math.min(end, to + span / 4));
    else return;
    event.preventDefault();
  });
  addEventListener("keydown", event => { if (event.key === "Escape") { node = null; show(0, end); } });
  whole.addEventListener("click", () => { node = null; show(0, end); });
}

for (const row of document.querySelectorAll("tr.look-at")) {
  const button = document.createElement("button");
  button.type = "button"; button.textContent = row.cells[0].textContent;
  button.title = "Look at this fault in the timeline";
  button.addEventListener("click", () => { look(row); svg.scrollIntoView({block: "center"}); });
  row.cells[0].dataset.value = row.cells[0].textContent;
  row.cells[0].replaceChildren(button);
}
for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button"; button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = row => row.cells[column].dataset.value || row.cells[column].textContent;
      const rows = [...table.tBodies[0].rows];
      rows.sort((one, other) => {
        const a = value(one), b = value(other), p = parseFloat(a), q = parseFloat(b);
        const order = isNaN(p) || isNaN(q) ? a.localeCompare(b) : p - q;
        return up ? order : -order;
      });
      table.tBodies[0].append(...rows);
    });
  });
}
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    try { await navigator.clipboard.writeText(text); } catch {
      // Pages opened from a file may have no clipboard: an older way that needs none.
      const area = document.createElement("textarea");
      area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
    const words = button.textContent; button.textContent = "copied";
    setTimeout(() => { button.textContent = words; }, 1500);
  });
}
// Paper shows everything: the whole run, and what is folded away.
let before = null;
addEventListener("beforeprint", () => {
  before = [from, to]; show(0, end, true);
  for (const fold of document.querySelectorAll("details:not([open])")) { fold.open = true; fold.dataset.folded = ""; }
});
addEventListener("afterprint", () => {
  if (before) show(before[0], before[1], true);
  for (const fold of document.querySelectorAll("details[data-folded]")) { fold.open = false; delete fold.dataset.folded; }
});
read();
unfold();
if (!root.dataset.script) root.dataset.script = "ready";
root.dataset.opened = Math.round(performance.now());
