/** Served as a file: the content security policy allows no style in the page itself. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --raised: #f5f6f8; --text: #1b1f24; --quiet: #57606a; --line: #c9d1d9; --link: #0a58ca;
  --good: #1a7f37; --waiting: #9a6700; --bad: #c1121f; --over: #57606a;
  --on-bar: #ffffff; --session: #0a58ca;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --raised: #1d2228; --text: #e6e9ec; --quiet: #9da7b3; --line: #3a424c; --link: #7ab4ff;
    --good: #57c971; --waiting: #e0b13c; --bad: #ff7b72; --over: #a9b3be;
    --on-bar: #14171b; --session: #7ab4ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 90rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1, bdi, code { overflow-wrap: anywhere; }
thead th, time, td > a, th > a { white-space: nowrap; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0; background: var(--page); padding: .5rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: baseline; padding: 1rem 0; border-bottom: 1px solid var(--line); }
nav ul, .row, .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: 0; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration-thickness: 2px; }
h1 { font-size: 1.5rem; margin: 1.25rem 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3, article h2 { font-size: 1rem; margin: 0 0 .5rem; }
article { background: var(--raised); border: 1px solid var(--line); border-left: 4px solid var(--waiting); border-radius: 4px; padding: .75rem 1rem; margin: .75rem 0; }
article.finding { border-left-color: var(--bad); }
article.finding.low { border-left-color: var(--over); }
.severity { color: var(--bad); text-transform: uppercase; font-size: .85em; }
.low .severity { color: var(--quiet); }
dl { margin: .5rem 0; display: grid; gap: .15rem; }
dl div { display: grid; grid-template-columns: minmax(7rem, 14rem) minmax(0, 1fr); gap: 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; unicode-bidi: isolate; }
dd ul, .plain { margin: 0; padding-left: 1rem; }
.plain { list-style: none; padding: 0; }
code { font: .9em ui-monospace, monospace; unicode-bidi: isolate; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); min-width: 5rem; font-variant-numeric: tabular-nums; }
thead th { color: var(--quiet); font-weight: 500; }
tbody th { font-weight: 500; }
.status { white-space: nowrap; font-weight: 600; }
.status.good, .verdict.good { color: var(--good); }
.status.waiting { color: var(--waiting); }
.status.bad, .verdict.bad, [role=alert] { color: var(--bad); }
.status.over { color: var(--over); }
.verdict { font-weight: 600; }
form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin: .5rem 0; }
.filter { align-items: end; }
.filter select { max-width: 14rem; }
.filter label { display: block; color: var(--quiet); }
input, select, button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: 4px; padding: .3rem .5rem; max-width: 100%; }
button { font-weight: 600; cursor: pointer; padding: .3rem 1rem; }
.approve button { border-color: var(--good); color: var(--good); }
.deny button { border-color: var(--bad); color: var(--bad); }
.approve label, .deny label { min-width: 9rem; }
footer { margin-top: 3rem; padding-top: .5rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .9rem; }
.timeline { table-layout: fixed; min-width: 44rem; }
.timeline th { width: 12rem; }
.timeline td { padding: 0; }
.timeline .database th { border-bottom: 0; padding-top: 1rem; font-weight: 600; width: auto; }
svg { display: block; font: 11px system-ui, sans-serif; }
.legend { color: var(--quiet); font-size: .9rem; margin: .5rem 0; }
.legend li { display: flex; gap: .4rem; align-items: center; }
.axis text { fill: var(--quiet); }
.tick { stroke: var(--line); stroke-dasharray: 2 3; }
.now { stroke: var(--link); stroke-width: 1.5; }
.bar { fill: var(--over); }
.bar.good { fill: var(--good); } .bar.waiting { fill: var(--waiting); } .bar.bad { fill: var(--page); stroke: var(--bad); stroke-width: 3; }
.lane text { fill: var(--on-bar); } .bar.bad + text { fill: var(--text); }
.session { fill: var(--session); }
.finding.new { fill: var(--bad); }
.finding.known { fill: var(--page); stroke: var(--bad); stroke-width: 3; stroke-dasharray: 4 3; }
.finding.known + text { fill: var(--text); }
.mark { stroke: var(--text); stroke-width: 2; fill: none; }
.mark.request { stroke: var(--quiet); }
.mark.approval { stroke: var(--good); stroke-width: 3; }
.mark.denial { stroke: var(--bad); stroke-width: 3; }
.mark.token { stroke: none; fill: var(--session); }
@media (max-width: 40rem) { dl div { grid-template-columns: minmax(0, 1fr); gap: 0; } }
@media (forced-colors: active) { .bar, .session, .finding { stroke: CanvasText; } }
@media print { nav, form, .row, .skip { display: none; } body { max-width: none; } }
`;
