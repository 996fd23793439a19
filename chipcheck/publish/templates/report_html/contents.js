// The list of chapters is open without scripts; where it stands above the text, it starts closed.
(function () {
  var list = document.getElementById("contents");
  var beside = matchMedia("(min-width: 72rem)");
  function fit() { list.open = beside.matches; }
  beside.addEventListener("change", fit);
  fit();
})();
