// The switches for light and dark and for all code, the mark at the current chapter, and Escape to put a source card away.
(function () {
  var root = document.documentElement;
  var system = matchMedia("(prefers-color-scheme: dark)");
  var button = document.getElementById("theme");

  function dark() { return root.dataset.theme ? root.dataset.theme === "dark" : system.matches; }
  function show() { button.setAttribute("aria-pressed", String(dark())); }
  button.addEventListener("click", function () {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (blocked) { /* holds for this visit */ }
    show();
  });
  system.addEventListener("change", show);
  show();

  var code = document.getElementById("code");
  code.addEventListener("click", function () {
    var all = root.classList.toggle("all-code");
    code.setAttribute("aria-pressed", String(all));
    document.querySelectorAll("details.code").forEach(function (box) { box.open = all; });
  });

  var links = {};
  document.querySelectorAll("#contents a").forEach(function (link) { links[link.hash.slice(1)] = link; });
  var current = null;
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      var link = links[entry.target.id];
      if (!entry.isIntersecting || !link || link === current) return;
      if (current) current.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      current = link;
    });
  }, { rootMargin: "-25% 0px -74% 0px" });
  Object.keys(links).forEach(function (id) {
    var section = document.getElementById(id);
    if (section) watcher.observe(section);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") root.classList.add("no-cards");
  });
  ["pointerover", "focusin"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      if (!event.target.closest(".ref")) root.classList.remove("no-cards");
    });
  });
})();
