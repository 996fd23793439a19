// A card with the source beside its number, while the pointer or the keyboard is there. Escape puts it away.
// Without scripts the number is a plain link into the list of sources, from which the card is copied.
(function () {
  var card = document.createElement("div");
  var shown = null;
  var leaving;
  card.className = "card";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true"); // the description of the link says the same
  document.body.append(card);
  document.querySelectorAll("a.cite").forEach(function (link) {
    link.setAttribute("aria-describedby", "title-" + link.hash.slice(8));
  });

  function hide() {
    clearTimeout(leaving);
    card.hidden = true;
    shown = null;
  }

  function show(link) {
    var source = document.getElementById(link.hash.slice(1));
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
    card.hidden = false;
    // Under the number, or above it where the window ends; never over an edge of the page
    var at = link.getBoundingClientRect();
    var room = document.documentElement.clientWidth - card.offsetWidth;
    var under = at.bottom + card.offsetHeight < innerHeight || at.top < card.offsetHeight;
    card.style.left = scrollX + Math.max(0, Math.min(at.left - 16, room)) + "px";
    card.style.top = scrollY + (under ? at.bottom : at.top - card.offsetHeight) + "px";
  }

  // The pointer may move onto the card, to read or to select
  function moved(event) {
    var link = event.target.closest("a.cite");
    if (link) show(link);
    else if (event.target.closest(".card")) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, 150);
    }
  }

  document.addEventListener("pointerover", moved);
  document.addEventListener("focusin", function (event) {
    var link = event.target.closest("a.cite");
    if (link && link.matches(":focus-visible")) show(link);
    else hide();
  });
  document.addEventListener("focusout", function () { if (shown && !shown.matches(":hover")) hide(); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
  addEventListener("hashchange", hide);
})();
