/// What a page does beyond showing everything: values under the pointer, a closer look at a range
/// of time, tables sorted by a column.
///
/// Without a script, or if this one fails, the page still shows the whole run.
enum PageScript {
    static let text = """
        "use strict";
        const root = document.documentElement;
        addEventListener("error", e => { root.dataset.script = "failed: " + e.message; });
        const svg = document.querySelector("svg.rapids");
        const tip = document.getElementById("tip");
        const parts = JSON.parse(document.getElementById("parts").textContent);
        const end = Number(svg.dataset.end), left = Number(svg.dataset.left);
        const width = Number(svg.dataset.width), ns = "http://www.w3.org/2000/svg";
        let from = 0, to = end, grabbed = null;
        const whole = document.getElementById("whole");
        document.getElementById("hint").hidden = false;

        function x(time) { return left + (time - from) / (to - from) * width; }
        function time(event) {
          const box = svg.getBoundingClientRect();
          const at = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
          return Math.min(Math.max(from + (at - left) / width * (to - from), from), to);
        }
        function make(name, attributes) {
          const element = document.createElementNS(ns, name);
          for (const key in attributes) element.setAttribute(key, attributes[key]);
          return element;
        }
        function show(a, b) {
          if (b - a < end / 2000) return;
          from = Math.max(0, a); to = Math.min(end, b);
          const scale = end / (to - from);
          const shift = left - (left + from / end * width) * scale;
          svg.querySelector(".data").setAttribute("transform", `translate(${shift} 0) scale(${scale} 1)`);
          for (const name of svg.querySelectorAll(".name")) {
            const at = left + (Number(name.dataset.x) - left) * scale - (left + from / end * width - left) * scale;
            name.setAttribute("x", at + 3);
            const inside = name.classList.contains("in");
            name.style.display = inside && (at < left - 1 || at > left + width) ? "none" : "";
          }
          ticks();
          whole.hidden = from === 0 && to === end;
        }
        function ticks() {
          const group = svg.querySelector(".ticks"), y = Number(group.dataset.y);
          const steps = [.001,.002,.005,.01,.02,.05,.1,.2,.5,1,2,5,10,20,30,60,120,300,600,1800,3600];
          const step = steps.find(s => (to - from) / s <= 12) || (to - from) / 10;
          group.replaceChildren();
          for (let t = Math.ceil(from / step) * step; t <= to + 1e-9; t += step) {
            group.append(make("line", {x1: x(t), x2: x(t), y1: y, y2: y + 4, class: "axis"}));
            const text = make("text", {x: x(t), y: y + 17, "text-anchor": "middle"});
            text.textContent = Number(t.toFixed(3)) + " s";
            group.append(text);
          }
        }
        const height = svg.viewBox.baseVal.height;
        const cross = make("line", {id: "cross", y1: 0, y2: height - 22, visibility: "hidden"});
        const choice = make("rect", {id: "choice", y: 0, height: height - 22, width: 0});
        svg.append(choice, cross);
        svg.addEventListener("pointermove", event => {
          const t = time(event), part = parts[Math.min(parts.length - 1, Math.floor(t / end * parts.length))];
          const step = end / parts.length;
          cross.setAttribute("x1", x(t)); cross.setAttribute("x2", x(t));
          cross.setAttribute("visibility", "visible");
          const title = event.target.querySelector && event.target !== svg ? event.target.querySelector("title") : null;
          tip.textContent = `${t.toFixed(2)} s\\nok ${(part[0] / step).toFixed(0)}/s, failed ${(part[1] / step).toFixed(0)}/s, unknown ${(part[2] / step).toFixed(0)}/s\\nmedian ${part[3]} ms, 99th percentile ${part[4]} ms` + (title ? "\\n" + title.textContent.slice(0, 120) : "");
          tip.hidden = false;
          tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
          tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
          if (grabbed !== null) {
            choice.setAttribute("x", x(Math.min(grabbed, t)));
            choice.setAttribute("width", Math.abs(x(t) - x(grabbed)));
          }
        });
        svg.addEventListener("pointerleave", () => { tip.hidden = true; cross.setAttribute("visibility", "hidden"); });
        svg.addEventListener("pointerdown", event => { grabbed = time(event); event.preventDefault(); svg.focus(); });
        addEventListener("pointerup", event => {
          if (grabbed === null) return;
          const t = time(event), a = Math.min(grabbed, t), b = Math.max(grabbed, t);
          grabbed = null; choice.setAttribute("width", 0);
          if (x(b) - x(a) > 6) show(a, b);
        });
        addEventListener("pointercancel", () => { grabbed = null; choice.setAttribute("width", 0); });
        svg.addEventListener("keydown", event => {
          const span = to - from, middle = (from + to) / 2;
          if (event.key === "+") show(middle - span / 4, middle + span / 4);
          else if (event.key === "-") show(middle - span, middle + span);
          else if (event.key === "ArrowLeft") show(Math.max(0, from - span / 4), Math.max(span, to - span / 4));
          else if (event.key === "ArrowRight") show(Math.min(end - span, from + span / 4), Math.min(end, to + span / 4));
          else if (event.key === "Escape") show(0, end);
          else return;
          event.preventDefault();
        });
        whole.addEventListener("click", () => show(0, end));
        for (const row of document.querySelectorAll("tr[data-from]")) {
          const button = document.createElement("button");
          const a = Number(row.dataset.from), b = Number(row.dataset.to);
          button.type = "button"; button.className = "look";
          button.textContent = row.cells[0].textContent;
          button.title = "Look at this fault in the rapids";
          button.addEventListener("click", () => { show(a - (b - a), b + 2 * (b - a)); svg.scrollIntoView({block: "center"}); });
          row.cells[0].dataset.value = row.cells[0].textContent;
          row.cells[0].replaceChildren(button);
        }
        for (const table of document.querySelectorAll("table.sortable")) {
          [...table.tHead.rows[0].cells].forEach((head, column) => {
            const button = document.createElement("button");
            button.type = "button"; button.textContent = head.textContent;
            head.replaceChildren(button);
            button.addEventListener("click", () => {
              const up = head.getAttribute("aria-sort") !== "ascending";
              for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
              head.setAttribute("aria-sort", up ? "ascending" : "descending");
              const value = row => row.cells[column].dataset.value || row.cells[column].textContent;
              const rows = [...table.tBodies[0].rows];
              rows.sort((one, other) => {
                const a = value(one), b = value(other), p = parseFloat(a), q = parseFloat(b);
                const order = isNaN(p) || isNaN(q) ? a.localeCompare(b) : p - q;
                return up ? order : -order;
              });
              table.tBodies[0].append(...rows);
            });
          });
        }
        // A diagram that is wider than the screen shows its end, where the story breaks.
        for (const drawing of document.querySelectorAll("svg.space-time"))
          drawing.parentElement.scrollLeft = drawing.parentElement.scrollWidth;
        if (!root.dataset.script) root.dataset.script = "ready";
        root.dataset.opened = Math.round(performance.now());
        """
}
