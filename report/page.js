(function () {
  "use strict";
  var root = document.documentElement;

  // The policy in the address, so that a view can be cited.
  var radios = Array.prototype.slice.call(document.querySelectorAll("input[name=policy]"));
  function fromHash() {
    var m = /(?:^#|&)policy=([^&]*)/.exec(location.hash);
    if (!m) return;
    var want = decodeURIComponent(m[1]);
    radios.forEach(function (r) { if (r.value === want) r.checked = true; });
  }
  radios.forEach(function (r) {
    r.addEventListener("change", function () {
      history.replaceState(null, "", "#policy=" + encodeURIComponent(r.value));
    });
  });
  addEventListener("hashchange", fromHash);
  fromHash();

  // Light or dark against the reader's setting.
  var theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", function () {
    var now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    var next = now === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    document.querySelectorAll(".ct-pic").forEach(function (s) { s.dataset.theme = next; });
  });

  // Tables that sort: amounts as whole numbers of any size, names as text.
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, col) {
      var how = th.dataset.sort;
      if (!how) return;
      var b = document.createElement("button");
      b.type = "button";
      b.className = "sort";
      while (th.firstChild) b.appendChild(th.firstChild);
      th.appendChild(b);
      b.addEventListener("click", function () {
        var up = th.getAttribute("aria-sort") === "descending" || (how === "text" && !th.hasAttribute("aria-sort"));
        var rows = Array.prototype.slice.call(body.rows).map(function (r, i) {
          var v = r.cells[col].dataset.v || "";
          return { r: r, i: i, v: how === "num" ? (v === "" ? -1n : BigInt(v)) : v };
        });
        rows.sort(function (a, b) { return a.v < b.v ? (up ? -1 : 1) : a.v > b.v ? (up ? 1 : -1) : a.i - b.i; });
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (o) { o.removeAttribute("aria-sort"); });
        th.setAttribute("aria-sort", up ? "ascending" : "descending");
        rows.forEach(function (x) { body.appendChild(x.r); });
      });
    });
  });

  // Tables that are searched.
  document.querySelectorAll(".filter").forEach(function (f) {
    var table = f.nextElementSibling.querySelector("table");
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    if (rows.length < 8) return;
    f.hidden = false;
    var input = f.querySelector("input"), count = f.querySelector(".count");
    input.addEventListener("input", function () {
      var want = input.value.toLowerCase(), n = 0;
      rows.forEach(function (r) {
        var hit = r.cells[0].textContent.toLowerCase().indexOf(want) >= 0;
        r.hidden = !hit;
        if (hit) n++;
      });
      count.textContent = want ? n + " of " + rows.length + " rows" : "";
    });
  });
  document.querySelectorAll("form.switch").forEach(function (f) {
    f.addEventListener("submit", function (e) { e.preventDefault(); });
  });
})();
