"use strict";
// One page: what is asked is in `state`, every answer comes from the server, every label is text and never markup.
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const state = { scenario: "", processes: [], given: {}, seed: 0, tab: crypto.randomUUID(), turn: 0, metric: "agreed", base: null, now: null, about: null, world: null };
const LONGEST = 160;

const short = (text) => (String(text).length > LONGEST ? `${String(text).slice(0, LONGEST)}…` : String(text));
const percent = (share) => (share > 0 && share < 0.005 ? "<1" : share > 0.995 && share < 1 ? ">99" : String(Math.round(100 * share)));
const signed = (gap) => `${gap > 0 ? "+" : gap < 0 ? "−" : ""}${Math.abs(Math.round(100 * gap))}`;

function made(tag, attributes = {}, ...inside) {
  const svg = ["svg", "line", "circle", "rect", "text", "g", "title"].includes(tag);
  const node = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...inside);
  return node;
}

// ---------------------------------------------------------------- asking

async function ask(verb, more = {}, signal = undefined) {
  state.turn += 1;
  const question = { scenario: state.scenario, processes: state.processes, given: state.given, seed: state.seed, tab: state.tab, turn: state.turn, ...more };
  const answer = await fetch(`ask/${verb}`, { method: "POST", body: JSON.stringify(question), headers: { "content-type": "application/json" }, signal });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.message);
  return found;
}

function say(text) {
  $("message").textContent = text ? short(text) : "";
  $("message").hidden = !text;
}

async function trying(work) {
  try {
    say("");
    await work();
  } catch (error) {
    if (error.name !== "AbortError") say(error.message);
  }
}

// ---------------------------------------------------------------- choosing

function fill(select, options, chosen) {
  select.replaceChildren(...Object.entries(options).map(([name, label]) => {
    const option = made("option", { value: name }, short(label));
    option.selected = name === chosen;
    return option;
  }));
}

async function choose() {
  const about = await ask("scenario");
  state.about = about;
  state.processes = about.chosen;
  $("title").textContent = short(about.title);
  $("about").textContent = about.about.length > 600 ? `${about.about.slice(0, 600)}…` : about.about;
  fill($("first"), about.processes, about.chosen[0]);
  fill($("second"), about.processes, about.chosen[1] ?? about.chosen[0]);
  levers(about.parameters);
  state.base = null;
  await figures();
}

function levers(parameters) {
  const kinds = { conflict: "Of this conflict", behaviour: "Of how negotiators behave" };
  $("levers").replaceChildren(...Object.entries(kinds).flatMap(([kind, heading]) => {
    const own = parameters.filter((one) => one.kind === kind);
    return own.length ? [made("h3", {}, heading), ...own.map(lever)] : [];
  }));
}

function lever(one, place) {
  const id = `lever-${one.kind}-${place}`;
  const step = (one.high - one.low) / 100;
  const range = made("input", { type: "range", id, min: one.low, max: one.high, step, value: state.given[one.name] ?? one.stated });
  const output = made("output", { for: id }, one.name in state.given ? worth(one, state.given[one.name]) : "drawn");
  const box = made("div", { class: one.name in state.given ? "lever set" : "lever" }, made("label", { for: id }, `${short(one.label)}: `, output), range);
  const ends = `${one.factor ? "times " : ""}${one.low.toPrecision(3)} to ${one.high.toPrecision(3)}`;
  box.append(made("details", {}, made("summary", {}, "What it is, and why"), made("p", {}, `${short(one.meaning)}. Range: ${ends}. Evidence: ${short(one.evidence)}.`)));
  range.addEventListener("input", () => {
    state.given[one.name] = Math.min(one.high, Math.max(one.low, Number(range.value)));
    output.textContent = worth(one, state.given[one.name]);
    box.className = "lever set";
    soon();
  });
  return box;
}

const worth = (one, value) => `${one.factor ? "× " : ""}${Number(value.toPrecision(3))}`;

// ---------------------------------------------------------------- figures

let asking = null;
let waiting = false;

async function soon() {
  if (asking) { waiting = true; return; }
  asking = trying(figures);
  await asking;
  asking = null;
  if (waiting) { waiting = false; soon(); }
}

async function figures() {
  const found = await ask("figures");
  if (found.late) return;
  state.now = found;
  if (!Object.keys(state.given).length) state.base = found;
  draw();
}

function draw() {
  const found = state.now;
  $("count").textContent = found.worlds;
  fill($("metric"), found.metrics, state.metric);
  fill($("which"), Object.fromEntries(found.processes.map((one) => [one.name, one.label])), $("which").value || found.processes[0].name);
  fill($("issue"), { "": "all that it is for", ...found.issues }, $("issue").value in found.issues ? $("issue").value : "");
  $("of").textContent = found.processes.length > 1 ? "B" : "A";
  chart(found);
  table(found);
  worlds(found);
  document.body.dataset.drawn = state.turn;
}

function interval(row) {
  return `${percent(row.estimate)} [${percent(row.low)}, ${percent(row.high)}] (${row.assumed ? row.assumed.map(percent).join(", ") : "?"})`;
}

function chart(found) {
  const legend = found.processes.map((one, n) => made("li", {}, made("span", { class: `key ${"ab"[n]}` }), short(one.label)));
  const rows = Object.entries(found.issues).map(([issue, label]) => {
    const svg = made("svg", { viewBox: "0 0 420 46", role: "img", "aria-label": described(found, issue, label) });
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(made("line", { class: "axis", x1: x(share), x2: x(share), y1: 2, y2: 34 }), made("text", { x: x(share), y: 45, "text-anchor": "middle" }, `${100 * share}`));
    }
    found.processes.forEach((one, n) => {
      const row = one.issues[issue]?.[state.metric];
      if (!row) return;
      const y = 10 + 16 * n;
      const group = made("g", { class: "ab"[n] });
      if (row.assumed) group.append(made("line", { class: "thin", x1: x(row.assumed[0]), x2: x(row.assumed[1]), y1: y, y2: y }));
      group.append(made("line", { class: "thick", x1: x(row.low), x2: x(row.high), y1: y, y2: y }), made("circle", { class: "dot", cx: x(row.estimate), cy: y, r: 4 }));
      const before = state.base?.processes.find((other) => other.name === one.name)?.issues[issue]?.[state.metric];
      if (before && state.base !== found) group.append(made("circle", { class: "hollow", cx: x(before.estimate), cy: y, r: 5.5 }));
      svg.append(group);
    });
    return made("div", { class: "row" }, made("span", { class: "label" }, made("bdi", {}, short(label))), svg);
  });
  $("chart").replaceChildren(made("ul", { class: "legend" }, ...legend), ...rows);
  $("caption").textContent = `${found.metrics[state.metric]}, of 100 worlds.${differences(found)}`;
}

const x = (share) => 12 + 396 * Math.min(1, Math.max(0, share));

function described(found, issue, label) {
  const parts = found.processes.filter((one) => one.issues[issue]).map((one) => `${short(one.label)} ${interval(one.issues[issue][state.metric])}`);
  return `${short(label)}, ${found.metrics[state.metric]}: ${parts.join("; ")}`;
}

function differences(found) {
  const said = Object.entries(found.differences).map(([issue, row]) => {
    const open = row.assumed ? row.assumed.map(signed).join(", ") : "?";
    const clear = row.low <= 0 && row.high >= 0 ? ", no clear difference" : "";
    return `${short(found.issues[issue])} ${signed(row.estimate)} [${signed(row.low)}, ${signed(row.high)}] (${open})${clear}`;
  });
  return said.length ? ` Agreed, B less A: ${said.join("; ")}.` : "";
}

function table(found) {
  const head = made("tr", {}, made("th", { scope: "col" }, "Issue"), made("th", { scope: "col" }, "Process"), ...Object.values(found.metrics).map((words) => made("th", { scope: "col" }, words)));
  const rows = Object.entries(found.issues).flatMap(([issue, label]) => found.processes.filter((one) => one.issues[issue]).map((one) =>
    made("tr", {}, made("th", { scope: "row" }, short(label)), made("td", {}, short(one.label)), ...Object.keys(found.metrics).map((metric) => made("td", { class: "n" }, interval(one.issues[issue][metric]))))));
  $("table").replaceChildren(made("caption", {}, "Of 100 worlds; [ ] Monte-Carlo, ( ) assumptions"), made("thead", {}, head), made("tbody", {}, ...rows));
}

function worlds(found) {
  const [across, size] = [50, 8];
  const grids = found.processes.map((one) => {
    const svg = made("svg", { viewBox: `0 0 ${across * size} ${Math.ceil(one.far.length / across) * size}`, role: "img", "aria-label": `${short(one.label)}: a square for each world` });
    [...one.far].forEach((far, n) => {
      svg.append(made("rect", { class: `s${far}`, x: (n % across) * size, y: Math.floor(n / across) * size, width: size - 1, height: size - 1, "data-world": n }));
    });
    svg.addEventListener("click", (event) => {
      if (event.target.dataset.world !== undefined) read(one.name, Number(event.target.dataset.world));
    });
    return made("figure", {}, made("figcaption", {}, short(one.label)), svg);
  });
  const legend = found.reached.map((words, n) => made("li", {}, made("span", { class: `key s${n}` }), words));
  $("worlds").replaceChildren(made("ul", { class: "legend" }, ...legend), ...grids);
  const count = (one, n) => [...one.far].filter((far) => Number(far) === n).length;
  const head = made("tr", {}, made("th", { scope: "col" }, "How far"), ...found.processes.map((one) => made("th", { scope: "col" }, short(one.label))));
  const rows = found.reached.map((words, n) => made("tr", {}, made("th", { scope: "row" }, words), ...found.processes.map((one) => made("td", { class: "n" }, String(count(one, n))))));
  $("reached").replaceChildren(made("thead", {}, head), made("tbody", {}, ...rows));
}

// ---------------------------------------------------------------- one world

async function read(process, number) {
  await trying(async () => {
    const found = await ask("world", { process, world: number });
    if (found.late) return;
    state.world = found;
    $("number").value = number;
    $("which").value = process;
    $("told").hidden = false;
    $("told-title").textContent = `World ${number}, ${short(found.process)}`;
    $("story").textContent = found.story;
    $("week").max = found.weeks.length - 1;
    $("week").value = 0;
    week();
    $("told").scrollIntoView({ block: "start" });
  });
}

function week() {
  const found = state.world;
  const now = Number($("week").value);
  const frame = found.weeks[now];
  $("week-said").textContent = now ? `${now}: ${frame.day}` : "before the first";
  $("said").textContent = frame.said.join(" ") || "Nothing new.";
  network(found, frame);
}

function network(found, frame) {
  const used = found.parties.filter((party) => party.side || found.tables.some((table) => table.mediators.includes(party.name)));
  const sides = used.filter((party) => party.side);
  const others = used.filter((party) => !party.side);
  const at = {};
  sides.forEach((party, n) => { at[party.name] = [n ? 350 : 70, 150 + 60 * Math.floor(n / 2)]; });
  others.forEach((party, n) => { at[party.name] = [210, 40 + (220 * (n + 1)) / (others.length + 1) + (others.length === 1 ? -40 : 0)]; });
  const svg = made("svg", { viewBox: others.length ? "0 0 420 300" : "0 90 420 120", role: "img", "aria-label": "Who talks to whom" });
  found.tables.forEach((table, n) => {
    const kind = frame.states[n];
    const shift = 7 * (n - (found.tables.length - 1) / 2);
    const ways = table.mediators.length ? table.mediators.flatMap((name) => sides.map((side) => [side.name, name])) : [[sides[0].name, sides[1].name]];
    ways.forEach(([from, to]) => svg.append(made("line", { class: kind, x1: at[from][0], y1: at[from][1] + shift, x2: at[to][0], y2: at[to][1] + shift })));
  });
  used.forEach((party) => {
    const [left, top] = at[party.name];
    svg.append(made("circle", { class: party.side ? "side" : "", cx: left, cy: top, r: 22 }), made("text", { x: left, y: top + 38, "text-anchor": "middle" }, short(party.label).slice(0, 24)));
  });
  $("network").replaceChildren(svg);
  const words = { apart: "apart", talking: "talking", signed: "a text, not yet ratified", in_force: "an agreement in force", suspended: "suspended" };
  $("network-caption").textContent = found.tables.map((table, n) => `${short(table.label)}: ${words[frame.states[n]] ?? frame.states[n]}`).join("; ");
}

function step(by) {
  const to = Number($("week").value) + by;
  if (to < 0 || to > Number($("week").max)) return;
  $("week").value = to;
  week();
}

// ---------------------------------------------------------------- longer questions

const WAIT = 500;
let study = 0;

async function further(kind) {
  const mine = (study += 1);
  const heading = { levers: "What one change would do", explain: "Why A and B differ", design: "What to propose" }[kind];
  // A queue of its own: asking how far it is must not make a slider's question late.
  const question = { processes: state.processes, given: { ...state.given }, process: state.processes.at(-1), issue: $("issue").value, tab: `${state.tab} further` };
  $("advice").replaceChildren();
  $("far").value = 0;
  $("running").hidden = false;
  await trying(async () => {
    for (;;) {
      const now = await ask(kind, question);
      if (mine !== study) return;
      $("far").value = now.total ? now.done / now.total : 0;
      if (now.found) {
        advice(heading, now.found);
        break;
      }
      await new Promise((done) => setTimeout(done, WAIT));
      if (mine !== study) return;
    }
  });
  if (mine === study) $("running").hidden = true;
}

async function stop() {
  study += 1;
  $("running").hidden = true;
  await trying(() => ask("stop", { tab: `${state.tab} further` }));
}

function advice(heading, found) {
  const sentences = made("ul", {}, ...found.sentences.map((text) => made("li", {}, text)));
  const tables = found.tables.map((table) => made("details", {}, made("summary", {}, short(table.title) || "Table"), grid(table)));
  const notes = found.notes.map((text) => made("p", { class: "small" }, text));
  $("advice").replaceChildren(made("h3", {}, heading), sentences, bars(found.chart), ...tables, ...notes);
  document.body.dataset.advised = heading;
}

function bars(shown) {
  const ends = shown.rows.flatMap((row) => [0, row.low, row.high, ...(row.assumed ?? [])]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const at = (value) => 12 + (396 * (value - low)) / (high - low || 1);
  const rows = shown.rows.map((row) => {
    const said = shown.signed ? `${signed(row.estimate)} [${signed(row.low)}, ${signed(row.high)}] (${row.assumed ? row.assumed.map(signed).join(", ") : "?"})` : interval(row);
    const svg = made("svg", { viewBox: "0 0 420 34", role: "img", "aria-label": `${short(row.label)}: ${said}` });
    svg.append(made("line", { class: "axis", x1: at(0), x2: at(0), y1: 0, y2: 34 }));
    const group = made("g", { class: "b" });
    if (row.assumed) group.append(made("line", { class: "thin", x1: at(row.assumed[0]), x2: at(row.assumed[1]), y1: 10, y2: 10 }));
    group.append(made("line", { class: "thick", x1: at(row.low), x2: at(row.high), y1: 10, y2: 10 }), made("circle", { class: "dot", cx: at(row.estimate), cy: 10, r: 4 }));
    svg.append(group, made("text", { x: Math.min(Math.max(at(row.estimate), 90), 330), y: 30, "text-anchor": "middle" }, said));
    return made("div", { class: "row" }, made("span", { class: "label" }, made("bdi", {}, short(row.label))), svg);
  });
  const nothing = rows.length ? [] : [made("p", {}, "Nothing makes a clear difference.")];
  return made("figure", {}, ...rows, ...nothing, made("figcaption", {}, `${shown.title}. Thick: Monte-Carlo interval; thin: what the assumptions leave open; the line: nought.`));
}

function grid(table) {
  const head = table.head.map((one) => made("th", { scope: "col", class: one.figures ? "n" : "" }, one.text));
  const rows = table.rows.map((row) => {
    const cells = row.cells.map((lines, n) => {
      const own = lines.flatMap((line, place) => (place ? [made("br"), line] : [line]));
      if (row.over_all) return made("th", { scope: "colgroup", colspan: table.head.length }, ...own);
      return n ? made("td", { class: table.head[n].figures ? "n" : "" }, ...own) : made("th", { scope: "row" }, ...own);
    });
    return made("tr", {}, ...cells);
  });
  const whole = made("table", {}, made("thead", {}, made("tr", {}, ...head)), made("tbody", {}, ...rows));
  return made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": short(table.title) || "Table" }, whole);
}

// ---------------------------------------------------------------- beginning

$("scenario").addEventListener("change", (event) => trying(async () => {
  Object.assign(state, { scenario: event.target.value, processes: [], given: {} });
  $("told").hidden = true;
  await choose();
}));
for (const [id, place] of [["first", 0], ["second", 1]]) {
  $(id).addEventListener("change", (event) => trying(async () => {
    state.processes[place] = event.target.value;
    if (new Set(state.processes).size < state.processes.length) state.processes = [event.target.value];
    state.given = {};
    await choose();
  }));
}
$("metric").addEventListener("change", (event) => { state.metric = event.target.value; draw(); });
$("release").addEventListener("click", () => trying(async () => { state.given = {}; levers(state.about.parameters); await figures(); }));
$("pick").addEventListener("submit", (event) => { event.preventDefault(); read($("which").value, Number($("number").value)); });
$("further").addEventListener("submit", (event) => { event.preventDefault(); further(event.submitter.value); });
$("stop").addEventListener("click", stop);
$("week").addEventListener("input", week);
$("back").addEventListener("click", () => step(-1));
$("on").addEventListener("click", () => step(1));
$("download").addEventListener("click", (event) => {
  event.preventDefault();
  trying(async () => {
    const found = await ask("changed");
    const link = made("a", { href: URL.createObjectURL(new Blob([found.text], { type: "application/yaml" })), download: found.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
});

trying(async () => {
  const begin = await (await fetch("begin")).json();
  Object.assign(state, { scenario: begin.first, seed: begin.seed });
  fill($("scenario"), Object.fromEntries(begin.scenarios.map((name) => [name, name])), begin.first);
  await choose();
});
