// Runs before anything is painted: the reader's last choice of theme, if there is one.
// What scripts say; another edition than the English one brings its words along.
function say(text, slots) {
  var words = document.getElementById("words");
  text = words && JSON.parse(words.textContent)[text] || text;
  return text.replace(/\{(\w+)\}/g, function (_, name) { return slots[name]; });
}
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var chosen = localStorage.getItem("theme");
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  } catch (blocked) { /* no storage: the system's preference holds */ }
})();
