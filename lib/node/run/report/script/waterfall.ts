/** The waterfall: one row per page. Only visible rows are drawn, and the time scale fits them. */
export const waterfall = /* js */ `
const waterfallOf = (() => {
  const scroller = byId('scroller'), fall = byId('fall'), overview = byId('overview'), ROW = 18, HEAD = 22;
  let selected = -1, hovered = -1, due = false;
  const narrow = () => scroller.clientWidth < 560;
  const gutter = () => narrow() ? 96 : 128;
  if (rows.length === 0) {
    for (const part of [scroller, overview]) part.hidden = true;
    overview.style.display = 'none';
    byId('detail').replaceWith(el('p', { class: 'empty' }, 'No page was requested.'));
    return { draw() {}, show() {}, refresh() {} };
  }
  function refresh() {
    byId('fall-count').textContent = (view.length === rows.length ? '' : whole(view.length) + ' of ') + counted(rows.length, 'page') + ', the time axis fits the visible ones';
    scroller.style.height = Math.min(430, Math.max(view.length, 3) * ROW + HEAD + 8) + 'px';
    tall();
    scroller.scrollTop = 0;
    selected = hovered = -1;
    describe(-1);
    later();
  }

  const colors = () => {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue('--' + name).trim();
    return { ok: color('ok'), bad: color('bad'), wait: color('wait'), off: color('off'), soft: color('ok-soft'), line: color('line'), ink: color('ink'), faint: color('soft'), dim: color('soft'), tint: color('tint'), card: color('card') };
  };
  const fit = (canvas, width, height) => {
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale); canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext('2d');
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = '11.5px ' + getComputedStyle(document.body).fontFamily;
    context.textBaseline = 'middle';
    return context;
  };
  const inSight = () => {
    const from = Math.max(0, Math.floor(scroller.scrollTop / ROW));
    return [from, Math.min(view.length, Math.ceil((scroller.scrollTop + scroller.clientHeight - HEAD) / ROW))];
  };
  const stepFor = (span, room) => {
    const unit = Math.pow(10, Math.floor(Math.log10(span / room)));
    return [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= span / room);
  };

  const tall = () => { byId('spacer').style.height = Math.max(0, view.length * ROW + HEAD + 4 - scroller.clientHeight) + 'px'; };
  function drawRows(c) {
    const width = scroller.clientWidth, height = scroller.clientHeight, left = gutter();
    const context = fit(fall, width, height);
    tall();
    const [from, to] = inSight();
    let t0 = Infinity, t1 = 0;
    for (let i = from; i < to; i++) { t0 = Math.min(t0, view[i].start); t1 = Math.max(t1, view[i].end); }
    if (t1 < t0) t0 = 0;
    const span = Math.max(t1 - t0, 0.01), x = (t) => left + (t - t0) / span * (width - left - 12);
    const offset = scroller.scrollTop - from * ROW;
    const step = stepFor(span, narrow() ? 3 : 8);
    const decimals = Math.max(0, Math.ceil(-Math.log10(step >= 1000 ? step / 1000 : step) - 1e-9));
    const seconds = t1 >= 1000 && step >= 10;
    const label = (t) => seconds ? (t / 1000).toFixed(Math.max(0, Math.ceil(-Math.log10(step / 1000) - 1e-9))) + ' s' : t.toFixed(step >= 1 ? 0 : decimals) + ' ms';
    context.textAlign = 'center';
    for (let t = Math.ceil(t0 / step) * step; t <= t1; t += step) {
      const at = Math.round(x(t)) + 0.5;
      context.strokeStyle = c.line; context.beginPath(); context.moveTo(at, HEAD); context.lineTo(at, height); context.stroke();
      const text = label(t), half = context.measureText(text).width / 2;
      context.fillStyle = c.faint; context.fillText(text, Math.min(width - half - 4, Math.max(left + half, at)), HEAD / 2);
    }
    for (let i = from; i < to; i++) {
      const row = view[i], top = HEAD + (i - from) * ROW - offset, middle = top + ROW / 2;
      if (i === selected || i === hovered) { context.fillStyle = c.tint; context.fillRect(0, top, width, ROW); }
      if (top + ROW < HEAD) continue;
      context.textAlign = 'right';
      context.fillStyle = row.how === 1 ? c.ink : c.faint;
      context.fillText(whole(row.index + 1), narrow() ? 40 : 52, middle);
      context.fillStyle = row.how === 2 ? c.bad : c.faint;
      context.fillText(row.how === 1 ? short(row.items) : row.how === 2 ? (narrow() ? 'skip' : 'skipped') : '–', left - 14, middle);
      const bar = (a, b, color, inset) => { context.fillStyle = color; context.fillRect(x(a), top + inset, Math.max(x(b) - x(a), 1.5), ROW - inset * 2); };
      let last = row.start;
      row.attempts.forEach((at, n) => {
        const start = A.start[at];
        if (n > 0 && start > last) bar(last, start, c.wait, 8);
        bar(start, start + A.ms[at], isCancelled(at) ? c.off : isFailed(at) ? c.bad : c.ok, 4);
        last = start + A.ms[at];
      });
      if (row.how === 1 && row.end > last + span / 2000) bar(last, row.end, c.soft, 7);
    }
    if (view.length === 0) { context.textAlign = 'left'; context.fillStyle = c.dim; context.fillText('No such page.', 8, HEAD + ROW / 2); return [0, duration]; }
    context.fillStyle = c.card; context.fillRect(0, 0, width, HEAD);
    context.fillStyle = c.faint; context.textAlign = 'right';
    context.fillText('page', narrow() ? 40 : 52, HEAD / 2); context.fillText('items', left - 14, HEAD / 2);
    context.textAlign = 'center';
    for (let t = Math.ceil(t0 / step) * step; t <= t1; t += step) {
      const text = label(t), half = context.measureText(text).width / 2;
      context.fillText(text, Math.min(width - half - 4, Math.max(left + half, Math.round(x(t)))), HEAD / 2);
    }
    return [t0, t1];
  }
  // Computed once per width, since scrolling redraws it.
  let summed;
  function sums(columns) {
    if (summed && summed.under.length === columns) return summed;
    const under = new Float64Array(columns), failed = new Uint8Array(columns), waits = new Uint8Array(columns);
    const column = (t) => Math.max(0, Math.min(columns - 1, Math.floor(t / duration * columns)));
    const share = duration / columns;
    A.start.forEach((start, at) => {
      const end = start + A.ms[at];
      for (let i = column(start); i <= column(end); i++) under[i] += Math.max(0, Math.min(end, (i + 1) * share) - Math.max(start, i * share)) / share;
      if (isFailed(at)) failed[column(end)] = 1;
    });
    for (const [at, length, reason] of data.waits) if (reason !== 'throttle') for (let i = column(at); i <= column(at + length); i++) waits[i] = 1;
    return summed = { under, failed, waits, max: Math.max(most(under), 1) };
  }
  function drawOverview(c, window0) {
    const width = overview.clientWidth, height = 46, context = fit(overview, width, height);
    const columns = Math.max(1, Math.floor(width)), { under, failed, waits, max } = sums(columns);
    context.fillStyle = c.tint; context.fillRect(0, 0, width, height);
    for (let i = 0; i < columns; i++) {
      const tall = under[i] / max * (height - 14);
      context.fillStyle = c.ok; context.fillRect(i, height - 6 - tall, 1, tall);
      if (waits[i]) { context.fillStyle = c.wait; context.fillRect(i, height - 5, 1, 5); }
      if (failed[i]) { context.fillStyle = c.bad; context.fillRect(i, 0, 1.5, 5); }
    }
    if (window0[1] - window0[0] > duration * 0.95) return;
    const a = window0[0] / duration * width, b = Math.max(window0[1] / duration * width, a + 3);
    context.fillStyle = c.ink; context.globalAlpha = 0.12; context.fillRect(a, 0, b - a, height); context.globalAlpha = 1;
    context.strokeStyle = c.dim; context.strokeRect(a + 0.5, 0.5, b - a - 1, height - 1);
  }
  function draw() {
    due = false;
    const c = colors();
    drawOverview(c, drawRows(c));
  }
  const later = () => { if (!due) { due = true; requestAnimationFrame(draw); } };

  function describe(i) {
    const row = view[i], detail = byId('detail');
    if (!row) return void detail.replaceChildren('Point at a row, or select one with the arrow keys. The strip above shows the whole run.');
    const parts = row.attempts.map((at) => statusOf(at) + ' in ' + ms(A.ms[at]));
    const ended = row.how === 1 ? counted(row.items, 'item') : row.how === 2 ? 'skipped' : 'not emitted';
    detail.replaceChildren(el('b', {}, 'Page ' + whole(row.index + 1)), ' · ' + ended + (row.bytes >= 0 ? ' · ' + bytes(row.bytes) : '') + ' · from ' + ms(row.start) + ', ' + ms(row.time) + ' · ' + parts.slice(0, 8).join(', then ') + (parts.length > 8 ? ', …' : ''));
  }
  function select(i, scroll) {
    selected = Math.max(0, Math.min(view.length - 1, i));
    const top = selected * ROW, room = scroller.clientHeight - HEAD - ROW - 4;
    if (scroll === 'middle') scroller.scrollTop = top - room / 2;
    else if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
    describe(selected);
    later();
  }
  const rowAt = (event) => Math.floor((event.clientY - scroller.getBoundingClientRect().top - HEAD + scroller.scrollTop) / ROW);
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity };
  scroller.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    select(move === -Infinity ? 0 : move === Infinity ? view.length - 1 : selected + move);
  });
  scroller.addEventListener('scroll', later, { passive: true });
  scroller.addEventListener('pointermove', (event) => {
    const row = rowAt(event);
    if (row === hovered) return;
    hovered = row; describe(view[row] ? row : selected); later();
  });
  scroller.addEventListener('pointerleave', () => { hovered = -1; describe(selected); later(); });
  scroller.addEventListener('click', (event) => { if (view[rowAt(event)]) select(rowAt(event)); });
  const seek = (event) => {
    const box = overview.getBoundingClientRect(), t = (event.clientX - box.left) / box.width * duration;
    let low = 0, high = view.length;
    while (low < high) { const middle = (low + high) >> 1; if (view[middle].end < t) low = middle + 1; else high = middle; }
    scroller.scrollTop = low * ROW - (scroller.clientHeight - HEAD) / 2;
  };
  overview.addEventListener('pointerdown', (event) => { overview.setPointerCapture(event.pointerId); seek(event); });
  overview.addEventListener('pointermove', (event) => { if (event.buttons > 0) seek(event); });
  refresh();
  new ResizeObserver(later).observe(scroller);
  return {
    draw: later,
    refresh,
    // Selects the row, and moves there if the person asked for it.
    show(row, moves) {
      select(view.findIndex((one) => one.row === row), 'middle');
      if (!moves) return;
      scroller.scrollIntoView({ block: 'nearest' });
      scroller.focus({ preventScroll: true });
    },
  };
})();
`;
