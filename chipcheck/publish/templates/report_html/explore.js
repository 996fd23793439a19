// Something to try: the answers of chipcheck/explore.py, in the words it embeds; a test holds them against Python.
// What is chosen stands in the address after #explore-NAME.
(function () {
  const grouped = !document.getElementById("words");
  // Rounded on the exact value, a tie to the even digit, as in Python; toFixed takes ties upwards.
  function number(value, digits) {
    let text = value.toFixed(digits);
    const exact = value.toFixed(80);  // none here has more decimals
    const end = exact.length - 80 + digits;
    if (/^50*$/.test(exact.slice(end)) && /[13579]$/.test(text)) text = exact.slice(0, digits ? end : end - 1);
    if (!/[1-9]/.test(text)) text = text.replace("-", "");
    const parts = text.replace("-", "\u2212").split(".");
    if (grouped) parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }
  const brief = value => number(value, 3).replace(/0+$/, "").replace(/\.$/, "");
  const three = value => number(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
  const fill = (text, slots) => text.replace(/\{(\w+)\}/g, (_, name) => slots[name]);

  // ---- the rules: the slots of the sentences and what is drawn, or reasons by field

  function amount(tool, name, text, reasons) {
    const { low, high } = tool.ranges[name];
    const typed = text.normalize("NFKC").trim();
    const fits = /^(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)$/.test(typed);
    const value = fits ? Number(typed.replace(/,/g, "")) : NaN;
    if (!(low <= value && value <= high)) reasons[name] = fill(tool.words.number, { low: brief(low), high: brief(high) });
    return value;
  }

  function roofline(tool, chosen, reasons) {
    const words = tool.words, about = tool.kinds[chosen.kind], chips = tool.chips[chosen.kind], sides = ["part", "whole"];
    sides.filter(side => !chips[chosen[side]]).forEach(side => {
      const slots = { kind: about.words, chip: chosen[side], others: Object.keys(chips).join(grouped ? ", " : "、") };
      reasons[side] = fill(words.unpublished, slots);
    });
    if (chosen.work && !about.named) reasons.work = words.named;
    const work = tool.works[chosen.work];
    const at = work ? work[1] : amount(tool, "at", chosen.at, reasons);
    if (Object.keys(reasons).length) return null;
    const slots = { kind: about.words, unit: about.unit, printed: tool.printed, at: brief(at) };
    slots.work = work ? fill(words.work, { work: work[0] }) : "";
    slots.per = slots.at === "1" ? words.one : words.many;
    const both = sides.map(side => chips[chosen[side]]);
    const reached = both.map(([rate, speed, note], index) => {
      const side = sides[index], most = Math.min(rate, speed * at);
      slots[side] = chosen[side];
      slots[side + "_rate"] = three(most);
      slots[side + "_limit"] = most < rate ? words.memory : words.arithmetic;
      slots[side + "_peak"] = brief(rate);
      slots[side + "_speed"] = brief(speed);
      slots[side + "_note"] = note;
      return most;
    });
    slots.percent = number(100 * (reached[0] / reached[1]), 1);
    return { slots, at, both, reached, sources: Array.from(new Set(both[0][3].concat(both[1][3]))) };
  }

  function fee(tool, chosen, reasons) {
    const words = tool.words, given = {}, slots = {};
    Object.keys(tool.ranges).forEach(name => { given[name] = amount(tool, name, chosen[name], reasons); });
    if (Object.keys(reasons).length) return null;
    const rate = given.fee / 100, left = 100 * (given.margin / 100 - rate);
    const sums = { sum: given.cards * given.price / 1e6 * rate, whole: tool.asked * given.price / 1e9 * rate };
    Object.entries({ ...given, ...sums, asked: tool.asked }).forEach(([name, value]) => {
      slots[name] = brief(value * (words.scales[name] || 1));
    });
    slots.share = number(100 * (given.cards / tool.asked), 1);
    slots.rise = number(100 * (1 / (1 - rate) - 1), 1);
    slots.left = number(left, 1);
    slots.loss = slots.left === number(Math.abs(left), 1) ? "" : words.loss;
    return { slots, cards: given.cards, margin: given.margin, left };
  }

  // Named work brings its intensity, named cards their number; an own one, or a format without named work, puts it away.
  function settle(tool, chosen, changed) {
    if (tool.said) {
      const cards = tool.said[chosen.said] || chosen.cards;
      if (changed === "said") chosen.cards = cards;
      if (chosen.cards !== cards) chosen.said = "";
      return;
    }
    const work = tool.works[chosen.work];
    if (changed === "work" && work) chosen.at = brief(work[1]);
    const own = changed === "at" && work && chosen.at !== brief(work[1]);
    if (own || (changed === "kind" && !tool.kinds[chosen.kind].named)) chosen.work = "";
  }

  // ---- the drawings, one unit a CSS pixel

  function pen(svg, height) {
    const text = (look, x, y, text, anchor) => put("text", look, { x, y, "text-anchor": anchor || "middle" }, text);
    const width = svg.clientWidth;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.height = height + "px";
    svg.textContent = "";
    function put(tag, look, values, text) {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.entries({ class: look, ...values }).forEach(([name, value]) => node.setAttribute(name, value));
      if (text) node.textContent = text;
      svg.appendChild(node);
    }
    return {
      width,
      line: (look, ...points) => put("polyline", look, { points: points.join(" ") }),
      text,
      tick: (...told) => text("tick", ...told),
      dot: (look, cx, cy) => put("circle", look, { cx, cy, r: 6 }),
      box: (look, x, y, width) => put("rect", look, { x: width ? x : x - 5.5, y: y - 5.5, width: width || 11, height: 11 })
    };
  }
  const scale = (from, to, low, high) => value => from + (to - from) * (value - low) / (high - low);
  function log(from, to, low, high) {
    const linear = scale(from, to, Math.log10(low), Math.log10(high));
    return value => linear(Math.log10(value));
  }

  function rooflines(svg, made, tool) {
    const top = 26, bottom = 246, left = 52, draw = pen(svg, 290), right = draw.width - 8, range = tool.ranges.at;
    const [rates, speeds] = [0, 1].map(index => made.both.map(chip => chip[index]));
    const low = Math.pow(10, Math.floor(Math.log10(range.low * Math.min(...speeds))));
    const high = Math.pow(10, Math.ceil(Math.log10(Math.max(...rates))));
    const x = log(left, right, range.low, range.high), y = log(bottom, top, low, high), now = x(made.at);
    for (let tick = low; tick < high * 2; tick *= 10) {
      draw.line("grid", [left, y(tick)], [right, y(tick)]);
      draw.tick(left - 8, y(tick) + 4, brief(tick), "end");
    }
    [1, 10, 100, 1000].forEach(tick => draw.tick(x(tick), bottom + 18, brief(tick)));
    draw.tick(0, 12, fill(tool.words.at_most, made.slots), "start");
    draw.tick(right, 286, tool.words.many, "end");
    draw.line("grid now", [now, top], [now, bottom]);
    draw.line("gap", ...made.reached.map(most => [now, y(most)]));
    const upper = rates[0] > rates[1] ? 0 : 1, close = y(rates[1 - upper]) - y(rates[upper]) < 22;
    rates.forEach((rate, side) => {
      const look = side ? "second" : "first", ridge = Math.min(rate / speeds[side], range.high);
      draw.line(look, [left, y(speeds[side] * range.low)], [x(ridge), y(speeds[side] * ridge)], [right, y(rate)]);
      const name = made.slots[side ? "whole" : "part"], crossed = now > right - 8 * name.length - 8;
      draw.text(look, crossed ? now - 12 : right, y(rate) + (close && side !== upper ? 18 : -8), name, "end");
    });
    draw.box("second mark", now, y(made.reached[1]));
    draw.dot("first mark", now, y(made.reached[0]));
  }

  function bars(svg, made, tool) {
    const words = tool.words, draw = pen(svg, 182), left = 74, right = draw.width - 24;
    let x = scale(left, right, 0, tool.asked);
    [0, tool.asked / 2, tool.asked].forEach(tick => {
      draw.line("grid", [x(tick), 20], [x(tick), 46]);
      draw.tick(x(tick), 62, brief(tick / words.axis_size));
    });
    draw.tick(0, 38, words.cards, "start");
    draw.box("all", left, 34, Math.max(right - left, 1));
    draw.box("fee", left, 34, Math.max(x(made.cards) - left, 2));
    const sum = fill(words.shown.sum_value, made.slots);
    draw.text("fee", x(made.cards), 12, sum, made.cards > tool.asked / 2 ? "end" : "start");
    draw.tick(right + 24, 80, words.axis, "end");
    const from = made.left < 0 ? Math.floor(made.left / 50) * 50 : 0;
    x = scale(left, right, from, 100);
    for (let tick = from; tick <= 100; tick += 50) {
      draw.line("grid", [x(tick), 112], [x(tick), 148]);
      draw.tick(x(tick), 164, number(tick, 0) + "%");
    }
    draw.tick(0, 140, words.margin, "start");
    draw.tick(right + 24, 182, words.of_price, "end");
    draw.line("gap", [x(made.left), 136], [x(made.margin), 136]);
    draw.dot("first mark", x(made.margin), 136);
    draw.box("fee mark", x(made.left), 136);
    draw.tick(x(made.margin) + 2, 124, words.before, "start");
    draw.text("fee", x(made.left) - 2, 124, words.after, "end");
  }

  // ---- one explorer on the page

  function start(section) {
    const tool = JSON.parse(section.querySelector("script").textContent);
    const [answer, draw] = { roofline: [roofline, rooflines], fee: [fee, bars] }[tool.id];
    const form = section.querySelector("form"), field = form.elements, svg = section.querySelector("svg");
    const sentence = section.querySelector(".sentence"), sources = section.querySelector("[data-sources]");
    const presets = Array.from(form.querySelectorAll(".presets button"));
    const sliders = Array.from(form.querySelectorAll("[type=range]")), names = tool.fields.map(about => about.name);
    const starts = {};
    let last, waiting;
    tool.ranges = {};
    tool.fields.forEach(about => {
      starts[about.name] = about.start;
      if ("low" in about) tool.ranges[about.name] = about;
    });
    sliders.forEach(slider => {
      const range = tool.ranges[slider.dataset.for];
      Object.assign(slider, range.log ? { min: 0, max: 200, step: 1 } : { min: range.low, max: range.top, step: range.step });
    });

    const chosen = () => Object.fromEntries(names.map(name => [name, field[name].value]));
    function write(values) {
      names.forEach(name => { if (field[name].value !== values[name]) field[name].value = values[name]; });
    }

    function show() {
      const values = chosen(), reasons = {}, made = answer(tool, values, reasons);
      names.forEach(name => {
        const told = document.getElementById(field[name].id + "-refused"), reason = reasons[name] || "";
        field[name].setAttribute("aria-invalid", String(Boolean(reason)));
        if (told.textContent !== reason) told.textContent = reason;
      });
      if (tool.chips) ["part", "whole"].forEach(side => {  // only what is published
        Array.from(field[side].options).forEach(option => { option.disabled = !(option.value in tool.chips[values.kind]); });
      });
      presets.forEach(button => button.setAttribute("aria-pressed", String(button.value === values.work)));
      sliders.forEach(slider => {
        const range = tool.ranges[slider.dataset.for], wrong = {};
        const value = amount(tool, range.name, values[range.name], wrong);
        if (range.name in wrong) return;
        slider.value = range.log ? 200 * Math.log(value / range.low) / Math.log(range.high / range.low) : value;
        slider.setAttribute("aria-valuetext", brief(value));
      });
      section.classList.toggle("stale", !made);
      if (!made) return false;
      last = made;
      Object.entries(tool.words.shown).forEach(([name, text]) => {
        section.querySelector(`[data-shown=${name}]`).textContent = fill(text, made.slots);
      });
      if (sources) sources.replaceChildren(...made.sources.map(source));
      draw(svg, made, tool);
      return true;
    }

    function source(n) {
      const link = document.createElement("a");
      link.href = "#" + document.querySelector(`.sources > [value="${n}"]`).id;
      link.textContent = n;
      link.setAttribute("aria-label", say("Source {n}", { n }));
      return link;
    }

    function changed(name) {
      const values = chosen();
      settle(tool, values, name);
      write(values);
      rest();
      sentence.setAttribute("aria-busy", "true");
      const good = show();
      waiting = setTimeout(() => {
        rest();
        if (good) history.replaceState(null, "", address(values));
      }, 300);
    }

    // While a slider moves, voice and address keep still: browsers let an address change only so often
    function rest() {
      clearTimeout(waiting);
      sentence.setAttribute("aria-busy", "false");
    }

    function address(values) {
      const kept = new URLSearchParams();
      names.forEach(name => {
        const named = (name === "at" && values.work) || (name === "cards" && values.said);
        if (values[name] !== starts[name] && !named) kept.set(name, values[name]);
      });
      return "#" + section.id + (String(kept) && "?" + kept);
    }

    // What an address says, as far as it makes sense; the rest as it starts
    function read() {
      rest();
      const [place, ...after] = location.hash.split("?");
      if (place !== "#" + section.id) return;
      const values = { ...starts }, kept = new Map();
      new URLSearchParams(after.join("?")).forEach((value, name) => {
        if (!names.includes(name)) return;
        const reasons = {};
        if (name in tool.ranges) amount(tool, name, value, reasons);
        else if (!Array.from(field[name].options).some(option => option.value === value)) return;
        if (!reasons[name]) kept.set(name, value);
      });
      kept.forEach((value, name) => { values[name] = value; });
      ["work", "at", "kind", "said", "cards"].filter(name => kept.has(name)).forEach(name => settle(tool, values, name));
      write(values);
      show();
      section.scrollIntoView();
    }

    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => changed("")));
    form.addEventListener("input", event => {
      const range = tool.ranges[event.target.dataset.for];
      if (range) {
        let at = Number(event.target.value);
        if (range.log) at = Number((range.low * Math.pow(range.high / range.low, at / 200)).toPrecision(3));
        field[range.name].value = brief(at);
      }
      changed(range ? range.name : event.target.name);
    });
    presets.forEach(button => button.addEventListener("click", () => {
      if (!tool.kinds[field.kind.value].named) field.kind.value = starts.kind;
      field.work.value = button.value;
      changed("work");
    }));
    addEventListener("hashchange", read);
    show();
    read();
    new ResizeObserver(() => draw(svg, last, tool)).observe(section);
  }

  document.querySelectorAll(".explore").forEach(start);
})();
