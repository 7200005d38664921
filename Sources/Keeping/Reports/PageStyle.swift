/// How pages and drawings look: light and dark, on paper and on a phone.
package enum PageStyle {
    private static let light = """
        --ink:#1b1f24;--soft:#57606a;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--ok:#1a7f37;\
        --fail:#9a6700;--info:#bc4c00;--bad:#cf222e;--missed:#0969da;--band:#8250df;\
        --up:#aceebb;--paused:#f0c34e;--down:#e5534b;--silent:#c4cbd3;
        """
    private static let dark = """
        --ink:#e6edf3;--soft:#9aa4af;--paper:#0d1117;--card:#161b22;--line:#3d444d;--ok:#3fb950;\
        --fail:#d29922;--info:#ff9a5c;--bad:#ff7b72;--missed:#6cb6ff;--band:#b392f0;\
        --up:#1f6b33;--paused:#b98a1a;--down:#d1453d;--silent:#57606a;
        """

    /// The colours as variables of an element, by the reader's preference.
    package static func colours(of element: String) -> String {
        "\(element){\(light)}@media (prefers-color-scheme:dark){\(element){\(dark)}}"
            + "@media print{\(element){\(light)}}"
    }

    /// Everything but drawings.
    package static var page: String {
        colours(of: ":root") + """
            *{box-sizing:border-box}
            body{margin:0;background:var(--paper);color:var(--ink);\
            font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
            main{max-width:1280px;margin:0 auto;padding:16px}
            h1{font-size:1.6em;line-height:1.25;margin:.2em 0}
            h2{font-size:1.2em;margin:0 0 .4em}h3{margin:.6em 0 .2em}h4{margin:.6em 0 .2em}
            header{border-left:6px solid var(--soft);padding:2px 14px;margin-bottom:18px}
            header.valid{border-color:var(--ok)}header.valid h1{color:var(--ok)}
            header.invalid,header.failed{border-color:var(--bad)}
            header.invalid h1,header.failed h1{color:var(--bad)}
            header.undecided,header.inconclusive{border-color:var(--fail)}
            header.undecided h1,header.inconclusive h1{color:var(--fail)}
            header ul{padding-left:1.2em;margin:.4em 0}
            section{margin:0 0 26px}article{margin:0 0 18px}
            .quiet{color:var(--soft);margin:.2em 0}
            .sentence{font-size:1.15em;margin:.2em 0 .6em}
            .wide{overflow-x:auto}
            .columns{display:flex;flex-wrap:wrap;gap:0 40px}
            code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace}
            code{overflow-wrap:anywhere}
            pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:8px;\
            overflow-x:auto;margin:.3em 0}
            li{overflow-wrap:anywhere}
            table{border-collapse:collapse;font-variant-numeric:tabular-nums}
            th,td{text-align:left;padding:3px 12px 3px 0;border-bottom:1px solid var(--line);\
            vertical-align:top}
            th button{all:unset;cursor:pointer;font-weight:600}
            th button:focus-visible,button:focus-visible,summary:focus-visible,\
            svg :focus-visible,svg:focus-visible{outline:2px solid var(--missed);outline-offset:2px}
            th[aria-sort=ascending] button::after{content:" ▲"}
            th[aria-sort=descending] button::after{content:" ▼"}
            td.ok,td.linearizable{color:var(--ok)}td.fail,td.undecided{color:var(--fail)}
            td.violation,tr.culprit td{color:var(--bad)}tr.missed td{color:var(--missed)}
            td details li{min-width:280px}
            summary{cursor:pointer}
            button#whole,td .look{font:inherit;color:inherit;background:var(--card);\
            border:1px solid var(--line);border-radius:6px;padding:2px 10px;cursor:pointer}
            .tools{min-height:30px;margin:0}
            .legend span{padding:0 6px;border-radius:4px;border:1px solid var(--line)}
            .legend .ok{border-bottom:3px solid var(--ok)}
            .legend .fail{border-bottom:3px solid var(--fail)}
            .legend .info{border-bottom:3px solid var(--info)}
            .legend .up{border-bottom:3px solid var(--up)}
            .legend .silent{border-bottom:3px solid var(--silent)}
            .legend .paused{border-bottom:3px solid var(--paused)}
            .legend .down{border-bottom:3px solid var(--down)}
            svg.rapids{display:block;width:100%;min-width:760px}
            svg.space-time{display:block;width:100%;min-width:640px}
            #tip{position:fixed;pointer-events:none;background:var(--card);color:var(--ink);\
            border:1px solid var(--line);border-radius:6px;padding:4px 8px;font-size:13px;\
            white-space:pre;z-index:2}
            @media print{#tip,.tools{display:none}main{max-width:none}.wide{overflow:visible}\
            svg.rapids,svg.space-time{min-width:0}}
            """
    }

    /// Drawings, on the page and in files of their own.
    static let drawing = """
        svg{font:12px system-ui,sans-serif;fill:var(--ink);background:var(--paper)}
        svg text{fill:var(--ink)}svg .quiet{fill:var(--soft)}
        .axis,.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
        .band{fill:var(--band);fill-opacity:.13;stroke:var(--band);stroke-opacity:.55;\
        vector-effect:non-scaling-stroke}
        .band.kill{fill:var(--bad);stroke:var(--bad)}.band.pause{fill:var(--paused);\
        stroke:var(--paused)}.band.traffic{fill:var(--missed);stroke:var(--missed)}
        .band.idle{stroke-dasharray:4 3}
        .name{font-size:11px}
        rect.ok{fill:var(--ok)}rect.fail{fill:var(--fail)}rect.info{fill:var(--info)}
        .dots{fill:none;stroke-width:3.4;stroke-linecap:round;stroke-opacity:.5;\
        vector-effect:non-scaling-stroke}
        .dots.ok{stroke:var(--ok)}.dots.fail{stroke:var(--fail)}.dots.info{stroke:var(--info);\
        stroke-opacity:.9}
        .quantile{fill:none;stroke:var(--ink);stroke-width:1.4;vector-effect:non-scaling-stroke}
        .quantile.p99{stroke-dasharray:4 3}
        .lane.up{fill:var(--up)}.lane.leads{stroke:var(--missed);stroke-width:2;\
        vector-effect:non-scaling-stroke}.lane.paused{fill:var(--paused)}.lane.down{fill:var(--down)}
        .lane.silent{fill:var(--silent)}
        .leader{fill:var(--missed);fill-opacity:.35}.leader.odd{fill-opacity:.18}
        #cross{stroke:var(--ink);stroke-opacity:.6}#choice{fill:var(--ink);fill-opacity:.14}
        .space-time text{font-size:13px}.process{fill:var(--soft)}
        .bar rect{fill:var(--card);stroke:var(--soft)}
        .bar.unknown rect{stroke-dasharray:5 4}
        .bar.culprit rect{fill:var(--bad);fill-opacity:.18;stroke:var(--bad);stroke-width:2.5}
        .bar.missed rect{fill:var(--missed);fill-opacity:.18;stroke:var(--missed);stroke-width:2.5}
        .bar.culprit .sign{fill:var(--bad);font-weight:600}
        .bar.missed .sign{fill:var(--missed);font-weight:600}
        .sign,.step text{paint-order:stroke;stroke:var(--paper);stroke-width:4px}
        .bar:hover rect,.bar:focus rect{fill-opacity:.4}
        .story{fill:none;stroke:var(--ok);stroke-width:1.6;stroke-dasharray:2 3}
        .step circle{fill:var(--ok);stroke:var(--paper)}
        .space-time .step text{font-size:11px;fill:var(--ok)}
        """
}
