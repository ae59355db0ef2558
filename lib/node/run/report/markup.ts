/** The report's HTML before its script fills it. */
export const markup = /* html */ `
<main>
  <header>
    <div>
      <p class="brand">Pagewise run</p>
      <h1 id="what"></h1>
      <p class="meta" id="meta"></p>
    </div>
    <button id="theme" type="button"></button>
  </header>
  <section class="card row" id="runs-card" hidden><h2>Walks<small id="runs-count"></small></h2><div class="scroll" id="runs"></div></section>
  <div id="failure"></div>
  <p class="card row advice" id="advice" hidden></p>
  <dl class="card row about" id="about" hidden></dl>
  <dl class="card grid tiles" id="tiles"></dl>
  <section class="card row">
    <h2>Where the time went</h2>
    <div class="bar" id="time-bar" aria-hidden="true"></div>
    <div class="legend" id="time-legend"></div>
  </section>
  <div class="grid three">
    <figure class="card" id="throughput"></figure>
    <figure class="card" id="durations"></figure>
    <figure class="card" id="sizes"></figure>
    <figure class="card" id="latency"></figure>
    <section class="card"><h2>Time of a request</h2><div class="scroll" id="phases"></div></section>
    <figure class="card" id="headroom"></figure>
  </div>
  <div class="card row bar-of-tools">
    <div id="filters" role="group" aria-label="Show pages"></div>
    <form id="find"><label for="number">Page</label> <input id="number" type="number" min="1" step="1" required> <button type="submit">Find</button></form>
    <p id="found" role="status"></p>
  </div>
  <section class="card row" aria-labelledby="fall-title">
    <div class="fall-head">
      <h2 id="fall-title">Waterfall<small id="fall-count"></small></h2>
      <div class="legend">
        <span><i class="c-ok"></i>answered</span><span><i class="c-bad"></i>failed</span>
        <span><i class="c-wait thin"></i>waiting for a retry</span><span><i class="c-soft thin"></i>waiting for its turn</span>
        <span><i class="c-off"></i>cancelled</span>
      </div>
    </div>
    <p class="note">The whole run: requests in flight, <span class="key"><i class="c-bad"></i>failures above them</span>, <span class="key"><i class="c-wait"></i>waits for retries below</span>.</p>
    <canvas id="overview" aria-hidden="true"></canvas>
    <div id="scroller" tabindex="0" role="group" aria-labelledby="fall-title" aria-describedby="keys"><canvas id="fall" aria-hidden="true"></canvas><div id="spacer"></div></div>
    <p id="keys" class="vh">Use the arrow keys to select a page, and Page Up, Page Down, Home and End to move further.</p>
    <p id="detail" aria-live="polite"></p>
  </section>
  <section class="card row">
    <h2>Pages<small id="pages-count"></small></h2>
    <div class="scroll" id="pages"></div>
    <div class="pager" id="pager" role="group" aria-label="Rows of the table"></div>
  </section>
  <details class="card row" id="as-text">
    <summary>All pages as text</summary>
    <p class="note">For your browser's search and for copying.</p>
    <div id="lines" tabindex="0" role="group" aria-label="All pages as text"></div>
  </details>
  <div class="grid three">
    <section class="card"><h2>Answers</h2><div class="scroll" id="statuses"></div></section>
    <section class="card"><h2>Waits</h2><div class="scroll" id="waits"></div></section>
    <section class="card"><h2>Failed attempts</h2><div class="scroll" id="failures"></div></section>
  </div>
  <div class="grid two">
    <section class="card"><h2>Announced and received</h2><div id="drift"></div></section>
    <section class="card"><h2>Skipped pages</h2><div class="scroll" id="gaps"></div></section>
  </div>
  <section class="card" id="notices-card" hidden><h2>Notices</h2><div class="scroll" id="notices"></div></section>
  <p class="note" id="left-out"></p>
  <noscript><p class="error">This report needs JavaScript, which is disabled.</p></noscript>
</main>
`;
