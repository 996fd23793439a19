// Code and data travel packed, since few readers open them: a list of texts, as JSON, deflated, in Base64.
(function () {
  if (!window.DecompressionStream) return;
  var packed = atob(document.getElementById("packed").textContent);
  var bytes = Uint8Array.from(packed, function (char) { return char.charCodeAt(0); });
  var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  new Response(stream).json().then(function (texts) {
    document.querySelectorAll("code[data-packed]").forEach(function (code) {
      code.innerHTML = texts[code.dataset.packed];
    });
    document.querySelectorAll("a[data-packed]").forEach(function (link) {
      link.href = URL.createObjectURL(new Blob([texts[link.dataset.packed]], { type: "text/csv" }));
    });
  });
})();
