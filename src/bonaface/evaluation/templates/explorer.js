"use strict";
(() => {
  // Scores rise within each class. The definitions are those of bonaface.evaluation.metrics.
  const data = JSON.parse(document.getElementById("scores").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 480, HEIGHT = 400, LEFT = 46, RIGHT = 12, TOP = 14, BOTTOM = 40;
  const TICKS = [0.001, 0.01, 0.05, 0.1, 0.2, 0.4], LEAST = 0.0005, MOST = 0.6;
  const Z = 1.959963984540054;
  const id = (name) => document.getElementById(name);
  const names = data.presets.map((one) => one.name);
  let threshold = data.presets.find((one) => one.name === data.preset).threshold;
  let place = -1;

  // Figures

  /** How many of the rising values are under the limit. */
  const below = (values, limit) => {
    let low = 0, high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < limit) low = middle + 1; else high = middle;
    }
    return low;
  };
  const refused = (source, at) => ({ errors: below(source.live, at), of: source.live.length });
  const accepted = (values, at) => ({ errors: values.length - below(values, at), of: values.length });
  const rate = (count) => count.of ? count.errors / count.of : NaN;
  const merge = (lists) => [].concat(...lists).sort((a, b) => a - b);
  const attacks = (source) => source.pooled ||= merge(Object.values(source.attacks));
  const kinds = (source) => Object.keys(source.attacks);
  const worst = (source, at) => kinds(source)
    .map((kind) => ({ kind, count: accepted(source.attacks[kind], at) }))
    .reduce((best, one) => !best || rate(one.count) > rate(best.count) ? one : best, null)
    || { kind: "–", count: { errors: 0, of: 0 } };
  const mean = (values) => {
    const known = values.filter((value) => !Number.isNaN(value));
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
  };
  /** Interval of Wilson (1927), as bonaface.interval.share. */
  const wilson = ({ errors, of }) => {
    if (!of) return null;
    const value = errors / of, spread = Z * Z / of, middle = (value + spread / 2) / (1 + spread);
    const half = Z / (1 + spread) * Math.sqrt(value * (1 - value) / of + spread / (4 * of));
    return [errors === 0 ? 0 : middle - half, errors === of ? 1 : middle + half];
  };
  const pooled = (sources) => ({
    name: "all sources",
    live: merge(sources.map((one) => one.live)),
    attacks: Object.fromEntries([...new Set(sources.flatMap(kinds))].sort().map(
      (kind) => [kind, merge(sources.map((one) => one.attacks[kind] || []))])),
  });
  const every = pooled(data.sources);
  const everyOther = data.other && pooled(data.other.sources);
  const shown = () => place < 0 ? every : data.sources[place];
  const shownOther = () => data.other && (place < 0 ? everyOther : data.other.sources[place]);

  // Words

  const percent = (share) => Number.isNaN(share) ? "–" : (100 * share).toFixed(1);
  const counted = (count) => `${count.errors} of ${count.of}`;
  const ends = (count) => {
    const found = wilson(count);
    return found ? `${percent(found[0])} to ${percent(found[1])}` : "–";
  };

  // Drawing

  const draw = (parent, tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return parent.appendChild(element);
  };
  const canvas = (parent, label) => {
    parent.replaceChildren();
    return draw(parent, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  };
  /** Inverse of the normal distribution: Acklam's rational approximation, far finer than a pixel. */
  const probit = (p) => {
    const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269,
      -30.66479806614716, 2.506628277459239];
    const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
    const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
      4.374664141464968, 2.938163982698783];
    const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
    const of = (coefficients, x) => coefficients.reduce((sum, one) => sum * x + one, 0);
    if (p > 0.5) return -probit(1 - p);
    if (p < 0.02425) {
      const q = Math.sqrt(-2 * Math.log(p));
      return of(c, q) / (of(d, q) * q + 1);
    }
    const q = p - 0.5, r = q * q;
    return of(a, r) * q / (of(b, r) * r + 1);
  };
  const bounded = (share) => Math.min(Math.max(share, LEAST), MOST);
  const [first, last] = [probit(LEAST), probit(MOST)];
  const part = (share) => (probit(bounded(share)) - first) / (last - first);
  const right = (share) => LEFT + share * (WIDTH - LEFT - RIGHT);
  const up = (share) => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);

  /** Rates at every threshold that makes a difference, as points of the chart. */
  const curve = (live, spoofs) => {
    const points = [];
    let a = 0, l = 0, before = "";
    const add = () => {
      const x = right(part(1 - a / spoofs.length)), y = up(part(l / live.length));
      const text = `${x.toFixed(1)},${y.toFixed(1)}`;
      if (text !== before) points.push({ x, y, text });
      before = text;
    };
    add();
    while (a < spoofs.length || l < live.length) {
      const at = Math.min(a < spoofs.length ? spoofs[a] : Infinity, l < live.length ? live[l] : Infinity);
      while (a < spoofs.length && spoofs[a] === at) a += 1;
      while (l < live.length && live[l] === at) l += 1;
      add();
    }
    return points;
  };
  const point = (live, spoofs, at) => [
    right(part(rate(accepted(spoofs, at)))), up(part(below(live, at) / live.length))];
  const styleOf = (number) => `curve k${number % 8} dash${Math.floor(number / 8) % 3}`;
  const lines = (source, other) => {
    const found = kinds(source).map((kind, number) => (
      { name: kind, live: source.live, spoofs: source.attacks[kind], style: styleOf(number) }));
    if (found.length > 1) found.push(
      { name: "all attacks", live: source.live, spoofs: attacks(source), style: "curve all" });
    if (other && other.live.length && kinds(other).length) found.push(
      { name: `${data.other.name}, all attacks`, live: other.live, spoofs: attacks(other), style: "curve other" });
    return found.filter((one) => one.live.length && one.spoofs.length);
  };

  let marks = [];
  const drawDet = () => {
    const found = lines(shown(), shownOther());
    const chart = canvas(id("det"), "Detection error trade-off");
    for (const tick of TICKS) {
      const at = part(tick);
      draw(chart, "path", { class: "axis", d: `M${right(at)},${up(0)}V${up(1)}M${right(0)},${up(at)}H${right(1)}` });
      draw(chart, "text", { x: right(at), y: up(0) + 16, "text-anchor": "middle" }, 100 * tick);
      draw(chart, "text", { x: LEFT - 6, y: up(at) + 4, "text-anchor": "end" }, 100 * tick);
    }
    draw(chart, "text", { x: right(0.5), y: HEIGHT - 6, "text-anchor": "middle" }, "APCER (%)");
    draw(chart, "text", { x: 12, y: up(0.5), "text-anchor": "middle", transform: `rotate(-90 12 ${up(0.5)})` }, "BPCER (%)");
    for (const one of found) {
      one.points = curve(one.live, one.spoofs);
      draw(chart, "polyline", { class: one.style, points: one.points.map((each) => each.text).join(" ") });
    }
    const main = found.find((one) => one.name === "all attacks") || found[0];
    if (main) namePresets(chart, main);
    marks = found.filter((one) => !one.style.endsWith("other")).map((one) => (
      { ...one, mark: draw(chart, "circle", { class: "now", r: one === main ? 6 : 4 }) }));
    legend(found);
    chart.addEventListener("pointerdown", (event) => { if (main) follow(chart, event, main); });
  };
  const namePresets = (chart, line) => {
    let lowest = -Infinity;
    const placed = data.presets.map((one) => ({ ...one, at: point(line.live, line.spoofs, one.threshold) }));
    for (const one of placed.sort((a, b) => a.at[1] - b.at[1])) {
      const [x, y] = one.at, leftwards = x > WIDTH - 70;
      lowest = Math.max(y - 8, lowest + 14, 12); // 12: within the picture where all are refused
      draw(chart, "circle", { class: "preset", cx: x, cy: y, r: 5 });
      draw(chart, "text", { class: "name", x: x + (leftwards ? -9 : 9), y: lowest, "text-anchor": leftwards ? "end" : "start" }, one.name);
    }
  };
  const legend = (found) => {
    const list = document.createElement("ul");
    list.className = "legend";
    for (const one of found) {
      const item = list.appendChild(document.createElement("li"));
      const swatch = draw(item, "svg", { viewBox: "0 0 26 10", "aria-hidden": "true" });
      draw(swatch, "path", { class: one.style, d: "M0,5H26" });
      item.append(one.name);
    }
    id("det").append(list);
  };
  /** The threshold whose point on the line is the nearest to a click. */
  const follow = (chart, event, line) => {
    const box = chart.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * WIDTH, y = (event.clientY - box.top) / box.height * HEIGHT;
    let best = threshold, least = Infinity;
    for (const at of new Set([...line.live, ...line.spoofs])) {
      const [px, py] = point(line.live, line.spoofs, at), far = (px - x) ** 2 + (py - y) ** 2;
      if (far < least) [best, least] = [at, far];
    }
    move(best);
  };

  let cursor = null;
  const BINS = 40;
  const drawHistogram = () => {
    const source = shown(), chart = canvas(id("histogram"), "Scores of both classes");
    const classes = [["live-bar", source.live], ["attack-bar", attacks(source)]].map(([style, values]) => {
      const bins = Array(BINS).fill(0);
      for (const value of values) bins[Math.min(Math.floor(value * BINS), BINS - 1)] += 1 / values.length;
      return [style, bins];
    });
    const high = Math.max(0.01, ...classes.flatMap(([, bins]) => bins));
    const top = (share) => up(0.88 * share / high);
    for (const [style, bins] of classes) bins.forEach((share, number) => {
      if (share) draw(chart, "rect", { class: style, x: right(number / BINS), width: right(1 / BINS) - LEFT, y: top(share), height: up(0) - top(share) });
    });
    draw(chart, "path", { class: "axis", d: `M${right(0)},${up(0)}H${right(1)}` });
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) draw(chart, "text", { x: right(tick), y: up(0) + 16, "text-anchor": tick === 1 ? "end" : "middle" }, tick);
    for (const tick of [high / 2, high]) draw(chart, "text", { x: LEFT - 6, y: top(tick) + 4, "text-anchor": "end" }, (100 * tick).toFixed(0));
    draw(chart, "text", { x: right(0.5), y: HEIGHT - 6, "text-anchor": "middle" }, "score");
    data.presets.forEach((one, number) => {
      const x = right(one.threshold), leftwards = one.threshold > 0.5;
      draw(chart, "path", { class: "preset-line", d: `M${x},${up(0)}V${up(1)}` });
      draw(chart, "text", { class: "name", x: x + (leftwards ? -4 : 4), y: TOP + 10 + 14 * number, "text-anchor": leftwards ? "end" : "start" }, one.name);
    });
    cursor = draw(chart, "path", { class: "now-line" });
    id("histogram").append(bars());
    const take = (event) => {
      const box = chart.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * WIDTH;
      move(Math.min(Math.max((x - LEFT) / (WIDTH - LEFT - RIGHT), 0), 1));
    };
    chart.addEventListener("pointerdown", (event) => { chart.setPointerCapture(event.pointerId); take(event); });
    chart.addEventListener("pointermove", (event) => { if (event.buttons) take(event); });
  };
  const bars = () => {
    const list = document.createElement("ul");
    list.className = "legend";
    for (const [style, name] of [["live-bar", "bona fide"], ["attack-bar", "attacks"]]) {
      const item = list.appendChild(document.createElement("li"));
      draw(draw(item, "svg", { viewBox: "0 0 26 10", "aria-hidden": "true" }), "rect", { class: style, width: 26, height: 10 });
      item.append(name);
    }
    return list;
  };

  // Tables

  const fill = (table, rows) => {
    const heads = [...table.querySelectorAll("thead th")].map((one) => one.textContent);
    table.tBodies[0].replaceChildren(...rows.map((cells) => {
      const row = document.createElement("tr");
      cells.forEach((cell, number) => {
        const element = row.appendChild(document.createElement(number ? "td" : "th"));
        if (number) element.dataset.name = heads[number]; else element.scope = "row";
        if (!Array.isArray(cell)) { element.textContent = cell; return; }
        for (const text of cell) element.appendChild(document.createElement("span")).textContent = text;
      });
      return row;
    }));
  };
  const fillKinds = () => {
    const source = shown();
    const counts = [["bona fide", refused(source, threshold)],
      ...kinds(source).map((kind) => [kind, accepted(source.attacks[kind], threshold)])];
    if (counts.length > 2) counts.push(["all attacks", accepted(attacks(source), threshold)]);
    fill(id("kinds-at"), counts.map(([name, count]) => [name, counted(count), percent(rate(count)), ends(count)]));
    id("kinds-at-title").textContent = `Errors by kind, ${source.name}`;
  };
  const fillSources = () => {
    const figures = data.sources.map((source) => {
      const { kind, count } = worst(source, threshold), live = refused(source, threshold);
      return { name: source.name, kind, count, live, acer: (rate(count) + rate(live)) / 2 };
    });
    const cell = (count) => count.of ? [percent(rate(count)), counted(count)] : "–";
    const rows = figures.map((one) => [one.name, cell(one.count), one.kind, cell(one.live), percent(one.acer)]);
    if (rows.length > 1) rows.push(["mean, all sources", percent(mean(figures.map((one) => rate(one.count)))), "",
      percent(mean(figures.map((one) => rate(one.live)))), percent(mean(figures.map((one) => one.acer)))]);
    fill(id("sources-at"), rows);
  };
  const tell = () => {
    const source = shown(), { kind, count } = worst(source, threshold), live = refused(source, threshold);
    const named = data.presets.filter((one) => one.threshold === threshold).map((one) => one.name);
    id("rates").textContent = `Threshold ${+threshold.toFixed(6)}${named.length ? ` (${named.join(", ")})` : ""}, `
      + `${source.name}: APCER ${percent(rate(count))} % (${kind}, ${counted(count)}), `
      + `BPCER ${percent(rate(live))} % (${counted(live)}), ACER ${percent((rate(count) + rate(live)) / 2)} %`;
  };
  const showMistakes = () => {
    for (const section of document.querySelectorAll(".mistakes")) {
      const items = [...section.querySelectorAll("[data-score]")];
      const wrong = items.filter((item) => (+item.dataset.score >= threshold) === Boolean(item.dataset.attack));
      for (const item of items) item.classList.toggle("hidden", !wrong.includes(item));
      section.querySelector(".at-threshold").textContent = `${wrong.length} are wrong at this threshold. `;
    }
  };

  // The page

  const move = (at) => {
    threshold = at;
    id("slider").value = at;
    if (document.activeElement !== id("exact")) id("exact").value = at;
    for (const button of id("presets").children) button.setAttribute("aria-pressed",
      String(data.presets.some((one) => one.name === button.textContent && one.threshold === at)));
    for (const { mark, live, spoofs } of marks) {
      const [x, y] = point(live, spoofs, at);
      mark.setAttribute("cx", x);
      mark.setAttribute("cy", y);
    }
    cursor.setAttribute("d", `M${right(at)},${up(0)}V${up(1)}`);
    fillKinds();
    fillSources();
    tell();
    showMistakes();
  };
  const look = (at) => {
    place = at;
    drawDet();
    drawHistogram();
    move(threshold);
  };
  const begin = () => {
    for (const name of names) {
      const button = id("presets").appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => move(data.presets.find((one) => one.name === name).threshold));
      id("presets").append(" ");
    }
    if (data.sources.length > 1) id("view").append(new Option("all sources", -1));
    data.sources.forEach((one, number) => id("view").append(new Option(one.name, number)));
    id("view").addEventListener("change", () => look(+id("view").value));
    id("slider").addEventListener("input", () => move(+id("slider").value));
    id("exact").addEventListener("input", () => {
      const at = id("exact").valueAsNumber;
      if (at >= 0 && at <= 1) move(at);
    });
    for (const name of ["controls", "charts"]) id(name).classList.remove("hidden");
    look(data.sources.length > 1 ? -1 : 0);
  };
  begin();
})();
