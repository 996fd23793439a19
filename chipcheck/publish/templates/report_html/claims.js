// Filters over the list of claims. What is chosen stands in the address after #claims, so that it can be shared.
(function () {
  var form = document.getElementById("filters");
  var shown = document.getElementById("shown");
  var counted = document.getElementById("counted");
  var list = document.querySelector(".claims ul");
  var sort = form.elements.sort;
  var selects = Array.from(form.querySelectorAll("select:not([name=sort])"));
  var waiting;

  // So that full-width signs and capital letters do not matter
  function plain(text) { return text.normalize("NFKC").toLowerCase(); }
  var claims = Array.from(list.children, function (row) {
    var searched = row.querySelectorAll(".said, .as, .why, .who, .searched");
    return { row: row, text: plain(Array.from(searched, function (part) { return part.textContent; }).join(" ")) };
  });
  var sorted = "";

  // By line as a number, by verdict in the order of its filter; claims that are alike stay by weight, then line
  function order() {
    if (sort.value === sorted) return;
    sorted = sort.value;
    var values = Array.from(form.elements.rating.options, function (option) { return option.value; });
    function rank(claim) {
      var data = claim.row.dataset;
      return sorted === "line" ? Number(data.line) : sorted === "rating" ? values.indexOf(data.rating) : 0;
    }
    var rows = claims.slice().sort(function (one, other) { return rank(one) - rank(other); });
    list.append.apply(list, rows.map(function (claim) { return claim.row; }));
  }

  function fits(claim, words, without) {
    return words.every(function (word) { return claim.text.includes(word); }) && selects.every(function (select) {
      return select === without || !select.value || claim.row.dataset[select.name] === select.value;
    });
  }

  function show() {
    var words = plain(form.q.value).split(/\s+/).filter(Boolean);
    var count = 0;
    claims.forEach(function (claim) {
      claim.row.hidden = !fits(claim, words);
      if (!claim.row.hidden) count += 1;
    });
    order();
    list.closest("figure").hidden = !count;
    counted.textContent = say(count < claims.length ? "{shown} of {count} statements." : "{count} statements.",
      { shown: count, count: claims.length });
    // How many claims each choice would leave, given the others
    selects.forEach(function (select) {
      var open = claims.filter(function (claim) { return fits(claim, words, select); });
      Array.from(select.options).forEach(function (option) {
        var left = open.filter(function (claim) {
          return !option.value || claim.row.dataset[select.name] === option.value;
        });
        option.textContent = say("{words} ({count})", { words: option.dataset.words, count: left.length });
      });
    });
    shown.textContent = say(count ? "{count} of {all} claims" : "No claim fits this choice", { count: count, all: claims.length });
  }

  function address() {
    var chosen = new URLSearchParams();
    selects.concat(form.q, sort).forEach(function (field) {
      if (field.value.trim()) chosen.set(field.name, field.value.trim());
    });
    return "#claims" + (String(chosen) && "?" + chosen);
  }

  function changed() {
    clearTimeout(waiting);
    show();
    history.replaceState(null, "", address());
  }

  function read(jump) {
    var hash = location.hash;
    if (/^#claims(\?|$)/.test(hash)) {
      var chosen = new URLSearchParams(hash.slice(8));
      var before = address();
      form.q.value = chosen.get("q") || "";
      selects.concat(sort).forEach(function (select) {
        select.value = chosen.get(select.name) || "";
        if (select.selectedIndex < 0) select.value = "";
      });
      show();
      if (jump || before !== address()) form.scrollIntoView();
    } else if (hash.indexOf("#claim-") === 0) {
      var target = document.getElementById(hash.slice(1));
      if (!target) return;
      if (target.closest("li").hidden) {
        form.reset();
        show();
      }
      target.closest("details").open = true;
      target.closest("li").scrollIntoView();
    }
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(changed); });
  form.addEventListener("change", changed);
  form.q.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 200);
  });
  addEventListener("hashchange", function () { read(false); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#claim']");
    // The address changes after the click, and not at all when it is the same
    if (link) setTimeout(function () { if (location.hash === link.hash) read(true); });
  });
  read(true);
  addEventListener("load", function () { read(true); }); // until then the browser scrolls to the target itself
})();
