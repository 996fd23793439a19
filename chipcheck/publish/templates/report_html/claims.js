// Filters over the list of claims. What is chosen stands in the address after #claims, so that it can be shared.
(function () {
  var form = document.getElementById("filters");
  var shown = document.getElementById("shown");
  var selects = Array.from(form.querySelectorAll("select"));
  var waiting;

  // So that full-width signs and capital letters do not matter
  function plain(text) { return text.normalize("NFKC").toLowerCase(); }
  var claims = Array.from(document.querySelectorAll(".claims li"), function (row) {
    var parts = Array.from(row.querySelectorAll(".said, .as, .zh, .who"), function (part) { return part.textContent; });
    return { row: row, text: plain(parts.join(" ")) };
  });
  // A heading with no claim under it goes with its list
  var groups = Array.from(document.querySelectorAll("figure.claims"), function (list) {
    var before = list.previousElementSibling;
    var headed = before && before.children.length === 1 && /^H\d$/.test(before.firstElementChild.tagName);
    return { list: list, parts: headed ? [before, list] : [list] };
  });

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
    groups.forEach(function (group) {
      var empty = !group.list.querySelector("li:not([hidden])");
      group.parts.forEach(function (part) { part.hidden = empty; });
    });
    // How many claims each choice would leave, given the others
    selects.forEach(function (select) {
      var open = claims.filter(function (claim) { return fits(claim, words, select); });
      Array.from(select.options).forEach(function (option) {
        var left = open.filter(function (claim) {
          return !option.value || claim.row.dataset[select.name] === option.value;
        });
        option.textContent = option.dataset.words + " (" + left.length + ")";
      });
    });
    shown.textContent = count ? count + " of " + claims.length + " claims" : "No claim fits this choice";
  }

  function address() {
    var chosen = new URLSearchParams();
    selects.concat(form.q).forEach(function (field) {
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
      selects.forEach(function (select) {
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
})();
