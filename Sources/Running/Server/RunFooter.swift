internal import Reports

/// What the server adds at the end of a run's page: the run as an archive, its files, and its history
/// and logs between two times, those of the timeline if somebody has looked closer there.
struct RunFooter {
    let html: [UInt8]

    /// The footer of a run with this history, if it has one, and these nodes' logs.
    init(hasHistory: Bool, logs: [String]) {
        let files = (hasHistory ? ["history.edn"] : []) + logs
        let options = files.map { file -> Markup in "<option>\(file)</option>" }
        let form: Markup =
            files.isEmpty
            ? ""
            : """
            <form id="served-range"><label>Show <select name="file">\(options.joined())</select>\
            </label> <label>from <input name="from" type="number" step="any" size="6"> s</label> \
            <label>to <input name="to" type="number" step="any" size="6"> s</label> \
            <button>Show</button></form><script>\(Markup(raw: Self.script))</script>
            """
        let markup: Markup = """
            <footer class="served"><style>\(Markup(raw: Self.style))</style><p>\
            <a href="?zip">This run as a ZIP archive</a> <a href="?files">All its files</a></p>\
            \(form)</footer>

            """
        html = Array(markup.description.utf8)
    }

    private static let style = """
        .served{max-width:1320px;margin:0 auto 40px;padding:12px 16px;border-top:1px solid \
        var(--line)}.served a{margin-right:18px}.served form{display:flex;flex-wrap:wrap;gap:10px;\
        align-items:center}.served input{width:7em}.served select,.served input,.served button\
        {font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--soft);\
        border-radius:4px;padding:2px 6px}
        """

    private static let script = """
        (() => {
          const form = document.getElementById("served-range");
          const set = (input, value) => { input.value = input.defaultValue = value; };
          const fill = (from, to) => { set(form.from, from); set(form.to, to); };
          const range = location.hash.match(/t=([\\d.]+)-([\\d.]+)/);
          if (range) fill(Number(range[1]).toFixed(3), Number(range[2]).toFixed(3));
          document.addEventListener("look", event =>
            fill(event.detail.from.toFixed(3), event.detail.to.toFixed(3)));
          form.addEventListener("submit", event => {
            event.preventDefault();
            const words = new URLSearchParams();
            if (form.from.value) words.set("from", form.from.value);
            if (form.to.value) words.set("to", form.to.value);
            location.href = form.file.value + (words.size ? "?" + words : "");
          });
        })();
        """
}
