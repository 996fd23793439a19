// The switches for light and dark and for all code, the working that holds the target of a link, and the mark at the
// current chapter.
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
  });

  // Most browsers open a closed box that holds the target; for those that do not
  function reveal() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    var box = target && target.closest("details.working:not([open])");
    if (box) {
      box.open = true;
      target.scrollIntoView();
    }
  }
  addEventListener("hashchange", reveal);
  reveal();

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
})();
