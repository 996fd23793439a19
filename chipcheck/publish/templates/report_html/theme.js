// Runs before anything is painted: the reader's last choice of theme, if there is one.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var chosen = localStorage.getItem("theme");
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  } catch (blocked) { /* no storage: the system's preference holds */ }
})();
