// A card with the source beside its number, or with the explanation beside a term, while the pointer or the keyboard is
// there. Escape puts it away. Without scripts both are plain links into the lists from which the card is copied.
// With the keyboard on a chart, the arrows to left and right walk its points, and the card shows what each says.
(function () {
  var card = document.createElement("div");
  var shown = null;
  var leaving;
  var touched = false;
  var both = "a.cite, a.term";
  card.className = "card";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true"); // the description of the link says the same
  var said = document.createElement("p"); // tells the point of a chart to who hears the page
  said.className = "heard";
  said.setAttribute("role", "status");
  document.body.append(card, said);

  // An item of the list of sources, or the cell beside the term in the list of terms
  function told(link) {
    var place = document.getElementById(link.hash.slice(1));
    return place && link.matches(".term") ? place.nextElementSibling : place;
  }

  document.querySelectorAll("a.cite").forEach(function (link) {
    link.setAttribute("aria-describedby", "title-" + link.hash.slice(8));
  });
  document.querySelectorAll("a.term").forEach(function (link) {
    var words = told(link);
    words.id = link.hash.slice(1) + "-words";
    link.setAttribute("aria-describedby", words.id);
  });

  function hide() {
    clearTimeout(leaving);
    card.hidden = true;
    shown = null;
  }

  function show(link) {
    var source = told(link);
    clearTimeout(leaving);
    if (!source || link === shown) return;
    shown = link;
    card.replaceChildren.apply(card, source.cloneNode(true).childNodes);
    card.querySelectorAll(".places").forEach(function (ways) { ways.remove(); });
    card.querySelectorAll("[id]").forEach(function (part) { part.removeAttribute("id"); });
    card.querySelectorAll("a").forEach(function (part) {
      var words = document.createElement("span");
      words.lang = part.lang;
      words.append.apply(words, part.childNodes);
      part.replaceWith(words);
    });
    place(link);
  }

  // Under what it is about, or above it where the window ends; never over an edge of the page
  function place(link) {
    card.hidden = false;
    var at = link.getBoundingClientRect();
    var room = document.documentElement.clientWidth - card.offsetWidth;
    var under = at.bottom + card.offsetHeight < innerHeight || at.top < card.offsetHeight;
    card.style.left = scrollX + Math.max(0, Math.min(at.left - 16, room)) + "px";
    card.style.top = scrollY + (under ? at.bottom : at.top - card.offsetHeight) + "px";
  }

  document.querySelectorAll(".drawn svg").forEach(function (chart) {
    var points = chart.querySelectorAll("g > title");
    var at = -1;
    if (!points.length) return;
    chart.tabIndex = 0;
    chart.setAttribute("aria-roledescription", say("chart; arrow keys read its points"));
    chart.addEventListener("keydown", function (event) {
      var step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      event.preventDefault();
      at = at < 0 ? (step < 0 ? points.length - 1 : 0) : (at + step + points.length) % points.length;
      clearTimeout(leaving);
      shown = chart;
      said.textContent = card.textContent = points[at].textContent;
      place(points[at].parentNode);
    });
  });

  // The pointer may move onto the card, to read or to select
  function moved(event) {
    var link = event.target.closest(both);
    if (link) show(link);
    else if (event.target.closest(".card")) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, 150);
    }
  }

  document.addEventListener("pointerover", moved);
  document.addEventListener("focusin", function (event) {
    var link = event.target.closest(both);
    if (link && link.matches(":focus-visible")) show(link);
    else hide();
  });
  document.addEventListener("focusout", function () { if (shown && !shown.matches(":hover")) hide(); });
  // A finger cannot hover: on a term it asks for the card, and goes nowhere
  document.addEventListener("pointerdown", function (event) { touched = event.pointerType === "touch"; });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.term");
    if (!link || !touched || !event.detail) return;
    event.preventDefault();
    show(link);
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
  addEventListener("hashchange", hide);
})();
