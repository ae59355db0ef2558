/** SVG charts: throughput, duration of requests and the rate limit over time; sizes of answers; latency. */
export const charts = /* js */ `
(() => {
  const NS = 'http://www.w3.org/2000/svg', W = 360, H = 150, left = 50, bottom = 20, top = 8;
  const svg = (name, attributes, text) => {
    const made = document.createElementNS(NS, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const x = (part) => left + part * (W - left), y = (part) => H - bottom - part * (H - bottom - top);
  const nice = (max) => { const unit = Math.pow(10, Math.floor(Math.log10(max))); return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((n) => n * unit >= max) * unit; };

  function chart(id, title, subtitle, empty, draw) {
    const figure = byId(id);
    const readout = el('output', {}, subtitle);
    figure.append(el('figcaption', {}, el('h2', {}, title), readout));
    if (empty) return void figure.append(el('p', { class: 'empty' }, empty));
    const image = svg('svg', { viewBox: '0 0 ' + W + ' ' + H, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    const plot = el('div', { class: 'plot', role: 'slider', tabindex: '0', 'aria-label': title, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': '0', 'aria-valuetext': subtitle }, image);
    figure.append(plot);
    // Redrawn when its size changes, so that text is not stretched.
    const paint = () => {
      const width = figure.clientWidth - parseFloat(getComputedStyle(figure).paddingLeft) * 2;
      image.setAttribute('viewBox', '0 0 ' + W + ' ' + H);
      image.replaceChildren();
      const scale = W / Math.max(width, 1);
      const word = (px, py, text, anchor) => {
        const made = svg('text', { x: 0, y: 0, 'text-anchor': anchor, transform: 'translate(' + px + ' ' + py + ') scale(' + scale + ' 1)' }, text);
        image.append(made);
      };
      draw(image, word, (text) => { readout.value = text || subtitle; plot.setAttribute('aria-valuetext', text || subtitle); }, plot);
    };
    new ResizeObserver(paint).observe(figure);
  }
  function frame(image, word, max, label, ends) {
    for (const part of [0, 0.5, 1]) {
      image.append(svg('line', { class: 'axis', x1: left, x2: W, y1: y(part), y2: y(part), 'vector-effect': 'non-scaling-stroke' }));
      word(left - 6, y(part) + 4, label(max * part), 'end');
    }
    word(left, H - 4, ends[0], 'start');
    word(W, H - 4, ends[1], 'end');
  }
  const path = (values, max) => values.map((value, i) => (i === 0 ? 'M' : 'L') + x(values.length === 1 ? 0 : i / (values.length - 1)).toFixed(1) + ' ' + y(value / max).toFixed(1)).join('');
  // Shows the value at a part of the axis, for the pointer and for the arrow keys.
  function hover(image, say, count, text, plot) {
    const cross = svg('line', { class: 'cross', y1: top, y2: H - bottom, 'vector-effect': 'non-scaling-stroke' });
    image.append(cross);
    const show = (part) => {
      cross.setAttribute('x1', x(part)); cross.setAttribute('x2', x(part));
      cross.style.visibility = 'visible';
      plot.setAttribute('aria-valuenow', String(Math.round(part * 100)));
      say(text(part));
    };
    const hide = () => { cross.style.visibility = ''; say(''); };
    image.onpointermove = (event) => {
      const box = image.getBoundingClientRect();
      show(Math.max(0, Math.min(1, ((event.clientX - box.left) / box.width * W - left) / (W - left))));
    };
    image.onpointerleave = hide;
    let at = -1;
    const last = count - 1, far = Math.ceil(count / 10);
    plot.onkeydown = (event) => {
      const to = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, PageUp: at + far, PageDown: at - far, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      at = Math.max(0, Math.min(last, to));
      show((at + 0.5) / count);
    };
    plot.onblur = hide;
  }

  const buckets = rows.length < 3 ? 1 : Math.min(120, Math.max(12, Math.ceil(rows.length / 4)));
  const width = duration / buckets;
  const bucketAt = (t) => Math.max(0, Math.min(buckets - 1, Math.floor(t / width)));
  const perSecond = new Array(buckets).fill(0);
  let any = false;
  for (const row of rows) if (row.how === 1) { any = true; perSecond[bucketAt(row.end)] += row.items / (width / 1000); }
  if (buckets === 1) perSecond.push(perSecond[0]);
  chart('throughput', 'Items per second', 'average ' + short(data.sums.items / (duration / 1000)), any ? '' : 'No page was emitted.', (image, word, say, plot) => {
    const max = nice(Math.max(most(perSecond), 1e-9));
    for (const [at, length, reason] of data.waits) {
      if (length < duration / 300 || reason === 'throttle') continue;
      const from = x(at / duration), to = x(Math.min(1, (at + length) / duration));
      image.append(svg('rect', { class: 'hit', x: from, width: Math.max(to - from, 0.6), y: top, height: H - bottom - top }));
    }
    image.append(svg('path', { class: 'area', d: path(perSecond, max) + 'L' + W + ' ' + y(0) + 'L' + left + ' ' + y(0) + 'Z' }));
    frame(image, word, max, short, ['0', ms(duration)]);
    image.append(svg('path', { class: 'line', d: path(perSecond, max), 'vector-effect': 'non-scaling-stroke' }));
    hover(image, say, buckets, (part) => short(perSecond[bucketAt(part * duration)]) + ' per second at ' + ms(part * duration), plot);
  });

  // Bars, since a line would suggest values in between.
  const slots = Math.min(60, buckets), slot = duration / slots;
  const durations = Array.from({ length: slots }, () => []);
  const slotAt = (t) => Math.max(0, Math.min(slots - 1, Math.floor(t / slot)));
  A.start.forEach((start, at) => { if (!isCancelled(at)) durations[slotAt(start)].push(A.ms[at]); });
  const middle = durations.map((list) => quantile(sorted(list), 0.5)), slowest = durations.map((list) => most(list));
  const any2 = durations.some((list) => list.length > 0);
  chart('durations', 'Time per request', 'median and slowest', any2 ? '' : 'No request was answered.', (image, word, say, plot) => {
    const max = nice(Math.max(most(slowest), 1e-9)), step = (W - left) / slots;
    frame(image, word, max, (t) => t === 0 ? '0' : ms(t), ['0', ms(duration)]);
    durations.forEach((list, i) => {
      if (list.length === 0) return;
      for (const [kind, value] of [['soft', slowest[i]], ['bars', middle[i]]])
        image.append(svg('rect', { class: kind, x: left + i * step + 0.5, width: Math.min(Math.max(step - 1, 1), 30), y: Math.min(y(value / max), y(0) - 1), height: Math.max(y(0) - y(value / max), 1) }));
    });
    hover(image, say, slots, (part) => {
      const i = Math.min(slots - 1, Math.floor(part * slots));
      return durations[i].length === 0 ? 'none at ' + ms(part * duration) : 'median ' + ms(middle[i]) + ', slowest ' + ms(slowest[i]);
    }, plot);
  });

  const sizes = sorted(rows.filter((row) => row.how === 1 && row.bytes >= 0).map((row) => row.bytes));
  const byItems = sizes.length === 0;
  const measured = byItems ? sorted(rows.filter((row) => row.how === 1).map((row) => row.items)) : sizes;
  const shown = byItems ? (n) => short(n) : bytes;
  const low = measured.length ? measured[0] : 0, high = measured.length ? measured[measured.length - 1] : 0;
  const count = high === low ? 1 : byItems ? Math.min(24, high - low + 1) : 24;
  const bins = new Array(count).fill(0);
  for (const size of measured) bins[high === low ? 0 : Math.min(count - 1, Math.floor((size - low) / (high - low) * count))]++;
  chart('sizes', byItems ? 'Items on a page' : 'Size of a page', measured.length ? 'median ' + shown(quantile(measured, 0.5)) : '', measured.length ? '' : 'No page was emitted.', (image, word, say, plot) => {
    const max = nice(most(bins)), step = (W - left) / count, bar = Math.min(step - 2, 60);
    frame(image, word, max, short, [shown(low), high === low ? '' : shown(high)]);
    bins.forEach((n, i) => {
      if (n > 0) image.append(svg('rect', { class: 'bars', x: count === 1 ? left : left + i * step + 1, width: bar, y: Math.min(y(n / max), y(0) - 1), height: Math.max(y(0) - y(n / max), 1), rx: 1 }));
    });
    hover(image, say, count, (part) => {
      const i = Math.min(count - 1, Math.floor(part * count)), from = low + (high - low) / count * i;
      return counted(bins[i], 'page') + ', ' + (count === 1 ? shown(low) : shown(from) + ' to ' + shown(from + (high - low) / count));
    }, plot);
  });

  const bars = F.histogram, { latency, headroom } = F;
  chart('latency', 'Latency', latency ? '50% ' + ms(latency.p50) + ', 90% ' + ms(latency.p90) + ', 99% ' + ms(latency.p99) : '', latency ? '' : 'No request was answered.', (image, word, say, plot) => {
    const max = nice(most(bars.map(({ count }) => count))), step = (W - left) / bars.length, bar = Math.min(step - 2, 60);
    frame(image, word, max, short, [ms(bars[0].from), ms(bars[bars.length - 1].to)]);
    bars.forEach(({ count }, i) => {
      if (count > 0) image.append(svg('rect', { class: 'bars', x: left + i * step + 1, width: bar, y: Math.min(y(count / max), y(0) - 1), height: Math.max(y(0) - y(count / max), 1), rx: 1 }));
    });
    hover(image, say, bars.length, (part) => {
      const { from, to, count } = bars[Math.min(bars.length - 1, Math.floor(part * bars.length))];
      return counted(count, 'request') + ', ' + ms(from) + ' to ' + ms(to);
    }, plot);
  });
  chart('headroom', 'Rate limit left', headroom ? 'lowest ' + whole(headroom.lowest) + (headroom.limit === null ? '' : ' of ' + whole(headroom.limit)) : '', headroom ? '' : 'The API did not report a rate limit.', (image, word, say, plot) => {
    const { points, limit } = headroom, max = limit === null ? nice(Math.max(1, most(points.map(([, n]) => n)))) : Math.max(limit, 1);
    frame(image, word, max, short, ['0', ms(duration)]);
    const line = points.map(([at, n], i) => (i === 0 ? 'M' : 'L') + x(Math.min(1, at / duration)).toFixed(1) + ' ' + y(Math.min(1, n / max)).toFixed(1)).join('');
    image.append(svg('path', { class: 'line', d: points.length === 1 ? line + 'h2' : line, 'vector-effect': 'non-scaling-stroke' }));
    hover(image, say, points.length, (part) => {
      const t = part * duration;
      const [at, n] = points.reduce((near, point) => Math.abs(point[0] - t) < Math.abs(near[0] - t) ? point : near);
      return whole(n) + ' left at ' + ms(at);
    }, plot);
  });
})();
`;
