/** The report's styles, in both themes. */
export const style = /* css */ `
:root {
  color-scheme: light;
  --bg: #f7f7f5; --card: #ffffff; --ink: #191c20; --soft: #5d646d; --line: #e4e4e0; --tint: #f1f1ee;
  --ok: #2a62c9; --ok-soft: #d9e5fa; --bad: #cf3a2e; --wait: #dd9a1d; --ask: #8a4fc7; --off: #a9afb7; --focus: #2a62c9;
}
:root[data-theme='dark'] {
  color-scheme: dark;
  --bg: #111315; --card: #191c1f; --ink: #e8eaed; --soft: #a4abb3; --line: #2a2e32; --tint: #212528;
  --ok: #6ea0f7; --ok-soft: #2d4672; --bad: #f0695d; --wait: #e5ad43; --ask: #b98bea; --off: #5c636b; --focus: #8db5ff;
}
@media (forced-colors: active) {
  :root, :root[data-theme] {
    --bg: Canvas; --card: Canvas; --ink: CanvasText; --soft: CanvasText; --line: CanvasText; --tint: Canvas;
    --ok: LinkText; --ok-soft: GrayText; --bad: CanvasText; --wait: Highlight; --ask: VisitedText; --off: GrayText; --focus: Highlight;
  }
  #theme { display: none; }
  .bar, .bar i, .legend i, .key i, .dot, .badge::before { forced-color-adjust: none; }
  .bar i, .legend i, .key i, .dot { border: 1px solid CanvasText; }
}
[hidden] { display: none !important; }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 1240px; margin: 0 auto; padding: 32px 28px 64px; }
h1, h2, p, dl, dd, figure, table { margin: 0; padding: 0; }
h1 { font: 600 17px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; overflow-wrap: anywhere; }
h2 { font-size: 14px; font-weight: 600; letter-spacing: -0.005em; }
h2 small { font-weight: 400; color: var(--soft); font-size: 13px; margin-left: 8px; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
header { display: flex; gap: 24px; align-items: flex-start; justify-content: space-between; margin-bottom: 24px; }
header .meta { color: var(--soft); margin-top: 6px; display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: center; }
header .brand { color: var(--soft); font-size: 12px; letter-spacing: 0.02em; margin-bottom: 4px; }
.badge { display: inline-flex; gap: 7px; align-items: center; font-weight: 600; color: var(--ink); }
.badge::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--ok); }
.badge.bad::before { background: var(--bad); }
.badge.wait::before { background: var(--wait); }
#theme { flex: none; border: 1px solid var(--line); border-radius: 8px; padding: 5px 12px; background: var(--card); color: var(--soft); font-size: 13px; }
#theme:hover { color: var(--ink); border-color: var(--soft); }
.error { border-left: 3px solid var(--bad); background: var(--card); padding: 12px 16px; margin-bottom: 20px; border-radius: 0 8px 8px 0; overflow-wrap: anywhere; }
.error b { display: block; } .error blockquote { margin: 6px 0 0; padding-left: 12px; border-left: 1px solid var(--line); }
.error button, .bar-of-tools button, .pager button { border: 1px solid var(--line); border-radius: 8px; padding: 4px 10px; background: var(--card); font-size: 13px; }
.error button { margin-top: 10px; color: var(--ok); }
.bar-of-tools button:hover, .pager button:hover { border-color: var(--soft); }
.bar-of-tools button[aria-pressed='true'] { border-color: var(--ok); box-shadow: inset 0 0 0 1px var(--ok); font-weight: 600; }
.bar-of-tools button small { color: var(--soft); font-weight: 400; margin-left: 4px; font-size: 12px; }
button:disabled { color: var(--soft); opacity: 0.55; cursor: default; }
div.bar-of-tools { display: flex; flex-wrap: wrap; gap: 10px 24px; justify-content: space-between; align-items: center; }
#filters { display: flex; flex-wrap: wrap; gap: 6px; } #found { flex-basis: 100%; color: var(--soft); font-size: 13px; } #found:empty { display: none; }
#find label { color: var(--soft); font-size: 13px; }
input { font: inherit; width: 96px; padding: 3px 8px; border: 1px solid var(--soft); border-radius: 8px; background: var(--card); color: var(--ink); }
.pager { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-top: 12px; } .pager span { color: var(--soft); font-size: 13px; margin-right: 8px; }
p.advice { border-left: 3px solid var(--ok); border-radius: 0 10px 10px 0; } .advice b { margin-right: 6px; }
dl.about { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; }
.about dt { color: var(--soft); } .about dd { overflow-wrap: anywhere; }
tr[aria-current] td { background: var(--tint); }
td .meter { display: inline-block; height: 8px; min-width: 2px; border-radius: 2px; margin-right: 10px; vertical-align: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; min-width: 0; }
.grid { display: grid; gap: 16px; margin-bottom: 16px; }
.row { display: block; margin-bottom: 16px; }
.tiles { grid-template-columns: repeat(4, 1fr); gap: 0; padding: 4px 0; }
.tiles > div { padding: 14px 20px; border-left: 1px solid var(--line); min-width: 0; }
.tiles > div:nth-child(4n + 1) { border-left: 0; }
.tiles dt { color: var(--soft); font-size: 12.5px; }
.tiles dd { font-size: 22px; font-weight: 600; letter-spacing: -0.02em; line-height: 1.35; white-space: nowrap; }
.tiles dd + dd { font-size: 12.5px; font-weight: 400; letter-spacing: 0; color: var(--soft); white-space: normal; }
.three { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.two { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
.bar { display: flex; height: 12px; border-radius: 6px; overflow: hidden; margin: 14px 0 10px; background: var(--tint); gap: 1px; }
.bar i { display: block; min-width: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.legend i { width: 10px; height: 10px; border-radius: 3px; flex: none; }
.legend i.thin { height: 4px; } .key i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin: 0 4px 0 2px; }
.legend b { color: var(--ink); font-weight: 600; }
.c-ok { background: var(--ok); } .c-bad { background: var(--bad); } .c-wait { background: var(--wait); }
.c-ask { background: var(--ask); } .c-off { background: var(--off); } .c-soft { background: var(--ok-soft); } .c-none { background: var(--tint); box-shadow: inset 0 0 0 1px var(--line); }
figure .plot { border-radius: 4px; }
figure svg { display: block; width: 100%; height: 150px; margin-top: 10px; overflow: visible; }
figure text { fill: var(--soft); font-size: 11px; }
figure .axis { stroke: var(--line); } figure .area { fill: var(--ok-soft); } figure .line { fill: none; stroke: var(--ok); stroke-width: 1.5; }
figure .soft { fill: var(--ok-soft); } figure .bars { fill: var(--ok); } figure .hit { fill: var(--wait); opacity: 0.22; }
figure .cross { stroke: var(--soft); stroke-dasharray: 2 3; visibility: hidden; }
figcaption { display: flex; justify-content: space-between; gap: 10px; align-items: baseline; }
figcaption { flex-wrap: wrap; } figcaption output { color: var(--soft); font-size: 12.5px; margin-left: auto; text-align: right; min-height: 21px; }
.fall-head { display: flex; flex-wrap: wrap; gap: 8px 24px; justify-content: space-between; align-items: baseline; margin-bottom: 12px; }
#overview { display: block; width: 100%; height: 46px; cursor: pointer; border-radius: 6px; touch-action: none; }
#scroller { height: 430px; overflow: auto; position: relative; margin-top: 10px; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); overscroll-behavior: contain; }
#scroller canvas { position: sticky; top: 0; left: 0; display: block; width: 100%; height: 100%; }
#detail { min-height: 21px; margin-top: 10px; color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
#detail b { color: var(--ink); font-weight: 600; }
table { width: 100%; border-collapse: collapse; margin-top: 10px; }
.scroll { overflow-x: auto; }
th, td { text-align: right; padding: 6px 0 6px 16px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td.wide { white-space: normal; overflow-wrap: anywhere; text-align: left; }
th.left { text-align: left; }
tbody tr:last-child td { border-bottom: 0; }
th { font-weight: 500; color: var(--soft); font-size: 12.5px; }
th button { position: relative; } th button:hover { color: var(--ink); }
th button::before { position: absolute; right: 100%; padding-right: 4px; color: var(--ok); }
th[aria-sort='descending'] button::before { content: '↓'; } th[aria-sort='ascending'] button::before { content: '↑'; }
th:first-child[aria-sort] button::before { position: static; }
th[aria-sort='descending'], th[aria-sort='ascending'] { color: var(--ink); }
td button { color: var(--ok); font-weight: 500; } td button:hover { text-decoration: underline; }
summary { cursor: pointer; font-weight: 600; }
#lines { overflow: auto; max-height: 430px; margin-top: 10px; }
#lines pre { margin: 0; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; content-visibility: auto; contain-intrinsic-size: auto 1800px; }
.empty { color: var(--soft); padding: 14px 0 4px; }
.note { color: var(--soft); font-size: 13px; margin-top: 10px; }
.dot { display: inline-block; width: 8px; height: 8px; border-radius: 2px; margin-right: 8px; }
.kv { display: grid; grid-template-columns: 1fr auto; gap: 6px 0; margin-top: 12px; }
.kv dt { color: var(--soft); } .kv dd { text-align: right; font-weight: 500; padding-left: 16px; } .kv .sum { border-top: 1px solid var(--line); padding-top: 6px; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 1000px) { .three { grid-template-columns: 1fr; } }
@media (max-width: 720px) {
  main { padding: 18px 14px 40px; } .two { grid-template-columns: minmax(0, 1fr); } .card { padding: 14px; } .card.tiles { padding: 4px 0; }
  .tiles { grid-template-columns: repeat(2, 1fr); } .tiles > div { padding: 10px 14px; }
  .tiles > div:nth-child(odd) { border-left: 0; }
  dl.about { grid-template-columns: minmax(0, 1fr); gap: 0; } .about dd { margin-bottom: 8px; }
  #scroller { height: 340px; } h1 { font-size: 15px; }
}
@media print { #theme, #scroller, #detail { display: none; } body { background: none; } .card { break-inside: avoid; } }
`;
