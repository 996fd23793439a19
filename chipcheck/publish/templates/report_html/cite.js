// Words to cite a figure or a claim by, and a figure found with its basis and date: shown, selected, and copied if
// the browser lets us. A chart is saved as it is seen, with its title, source line and fonts.
(function () {
  var report = document.getElementById("citation").dataset.short;
  var file = location.protocol === "file:" ? location.pathname.split("/").pop() : location.origin + location.pathname;

  function offer(place, name, label, does) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "offer";
    button.textContent = name;
    button.setAttribute("aria-label", name + ": " + label);
    button.addEventListener("click", function () { does(button); });
    place.append(" ", button);
  }

  function hand(words) {
    return function (button) {
      var shown = button.nextElementSibling;
      if (!shown || shown.tagName !== "OUTPUT") {
        shown = document.createElement("output");
        button.after(shown);
      }
      shown.textContent = words;
      getSelection().selectAllChildren(shown);
      if (navigator.clipboard) navigator.clipboard.writeText(words).catch(function () { /* selected, for copying by hand */ });
    };
  }

  // A standalone drawing: the page's rules of paint become attributes that any program reads
  var paints = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity",
    "fill-opacity", "stroke-opacity", "font-family", "font-size", "font-weight", "text-anchor"];
  var pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  function plain(colour) {
    if (!/^(color|oklab)/.test(colour)) return colour;
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    return "rgb(" + Array.from(pixel.getImageData(0, 0, 1, 1).data).slice(0, 3).join(", ") + ")";
  }

  function drawing(svg) {
    var copy = svg.cloneNode(true);
    var box = svg.viewBox.baseVal;
    var parts = copy.querySelectorAll("*");
    svg.querySelectorAll("*").forEach(function (part, at) {
      var style = getComputedStyle(part);
      // Only what is not inherited anyway: a mark gets its colour where it is used, not where it is defined
      var above = getComputedStyle(part.parentNode);
      paints.forEach(function (name) {
        var value = style.getPropertyValue(name);
        if (value !== (name === "opacity" ? "1" : above.getPropertyValue(name))) parts[at].setAttribute(name, plain(value));
      });
      parts[at].removeAttribute("class");
      if (part.tagName === "text") parts[at].setAttribute("xml:space", "preserve");
    });
    ["class", "id"].forEach(function (name) { copy.removeAttribute(name); });
    paints.forEach(function (name) { copy.setAttribute(name, plain(getComputedStyle(svg).getPropertyValue(name))); });
    copy.setAttribute("width", box.width + "pt");
    copy.setAttribute("height", box.height + "pt");
    var paper = document.createElementNS(svg.namespaceURI, "rect");
    var fonts = document.createElementNS(svg.namespaceURI, "style");
    paper.setAttribute("width", "100%");
    paper.setAttribute("height", "100%");
    paper.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
    fonts.textContent = document.getElementById("fonts").textContent;
    copy.prepend(fonts, paper);
    return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  }

  function save(address, name) {
    var link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  }

  function picture(address, box, name) {
    var image = new Image();
    var canvas = document.createElement("canvas");
    canvas.width = 3 * box.width;
    canvas.height = 3 * box.height;
    image.src = address;
    image.decode().then(function () {
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL("image/png"), name);
    });
  }

  document.querySelectorAll("figure.chart").forEach(function (figure) {
    var place = figure.querySelector(".get");
    var label = figure.querySelector(".number").textContent;
    var svg = figure.querySelector("svg.wide");
    var name = figure.id.replace("figure-", "");
    if (!place) return;
    offer(place, say("Save PNG"), label, function () { picture(drawing(svg), svg.viewBox.baseVal, name + ".png"); });
    offer(place, say("Save SVG"), label, function () { save(drawing(svg), name + ".svg"); });
    offer(place, say("Cite"), label, hand(report + say(", ") + label + say(", ") + file + "#" + figure.id));
  });

  document.querySelectorAll(".claim").forEach(function (claim) {
    var row = claim.closest("li");
    var line = say("line {line}", row.dataset);
    var address = file + "#" + claim.id;
    var said = row.querySelector(".said p").textContent;
    offer(claim.querySelector("dd:last-child"), say("Cite"), line,
      hand(report + say(", statement of {line}: “{said}” ({rating}), ", { line: line, said: said, rating: say(row.dataset.rating) }) + address));
    claim.querySelectorAll(".found").forEach(function (found) {
      var copy = found.cloneNode(true);
      copy.querySelectorAll(".cite").forEach(function (number) { number.remove(); });
      offer(found, say("Copy"), found.querySelector("strong").textContent + say(", with basis and date"),
        hand(copy.textContent.trim() + say(". ") + report + ", " + address));
    });
  });
})();
