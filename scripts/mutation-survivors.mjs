// Survivors that no test can distinguish from the code, by kind: `file: code → replacement`, as scripts/mutation-results.json
// has them. They are named without their lines, which move; one whose code changes is no longer known.
export const kinds = [
  {
    why: 'A default list that is only searched for a status or a token: the text put into it is neither',
    survivors: [
      'lib/strategies/content-range.ts: [] → ["Stryker was here"]',

      'lib/strategies/cursor.ts: [] → ["Stryker was here"]',
      'lib/strategies/keyset.ts: [] → ["Stryker was here"]',
      'lib/strategies/offset.ts: [] → ["Stryker was here"]',
      'lib/strategies/page-number.ts: [] → ["Stryker was here"]',
      'lib/strategies/parts/follow-url.ts: [] → ["Stryker was here"]',
      'lib/strategies/relay.ts: [] → ["Stryker was here"]',
      'lib/walk/page-run.ts: [] → ["Stryker was here"]',
    ],
  },
  {
    why: 'The name in an error for a path that another reader has already checked under that name',
    survivors: [
      'lib/cli/output/seen-keys.ts: \'distinct\' → ""',
      'lib/strategies/offset.ts: `${kind}: total` → ``',
      'lib/strategies/page-number.ts: `${kind}: total` → ``',
      'lib/strategies/parts/missing-next.ts: `${kind}: next` → ``',
      'lib/strategies/relay.ts: `${kind}: pageInfo` → ``',
    ],
  },
  {
    why: 'The other branch comes to the same: what it reads is `undefined`, and compares, adds or writes nothing',
    survivors: [
      'lib/walk/check-arguments.ts: headers === undefined → false',

      'lib/node/sinks/file-sink.ts: \'\' → "Stryker was here!"',

      'lib/transports/node/decompress.ts: \'\' → "Stryker was here!"',

      'lib/transports/fetch-wire.ts: \'\' → "Stryker was here!"',

      'lib/reading/ranges.ts: total !== undefined → true',

      'lib/strategies/content-range.ts: \'\' → "Stryker was here!"',
      'lib/strategies/content-range.ts: end !== undefined → true',
      'lib/strategies/content-range.ts: announced !== undefined → true',

      'lib/policies/retry-loop.ts: waitMs !== undefined → true',

      'lib/walk/skip-failed-pages.ts: (sizeOf(failed) ?? 0) < (sizeOf(asked.position) ?? 0) → (sizeOf(failed) ?? 0) <= (sizeOf(asked.position) ?? 0)',

      'lib/walk/pull-pages.ts: !result.done → true',

      'lib/walk/lanes.ts: { return undefined; } → {}',
      'lib/walk/lanes.ts: known → true',
      'lib/walk/lanes.ts: page.items.length === 0 → false',

      'lib/values/sent.ts: \'\' → "Stryker was here!"',

      'lib/walk/replaced-parameters.ts: \'\' → "Stryker was here!"',

      "lib/walk/validate-page.ts: typeof schema === 'object' → true",
      'lib/walk/validate-page.ts: [] → ["Stryker was here"]',
      "lib/walk/validate-page.ts: typeof value === 'object' → true",

      'lib/transports/read-text.ts: \'\' → "Stryker was here!"',

      'lib/transports/answer-headers.ts: hidden === undefined → false',

      'lib/walk/judge.ts: \'\' → "Stryker was here!"',
      'lib/walk/judge.ts: verdict.throttled === undefined → false',

      'lib/values/cause.ts: { value: undefined } → {}',

      'lib/values/redact.ts: \'\' → "Stryker was here!"',
      'lib/values/redact.ts: [] → ["Stryker was here"]',
      'lib/values/redact.ts: /^(\\w{0,9}:?[\\\\/]+)?/ → /^(\\w{0,9}:?[\\\\/]+)/',

      'lib/values/sent.ts: [] → ["Stryker was here"]',
      "lib/values/sent.ts: typeof value === 'number' → true",
      "lib/values/sent.ts: typeof body === 'object' → true",
      'lib/values/sent.ts: /[\\s;,]+/ → /[\\s;,]/',
      'lib/values/sent.ts: encoded === undefined → false',
      'lib/values/sent.ts: /%[\\da-f]{2}/i → /%[\\da-f]/i',
      'lib/values/sent.ts: from < text.length → from <= text.length',

      'lib/policies/throttle-requests.ts: one.at !== undefined → true',
      'lib/cli/output/deliver.ts: isPagewiseError(error) → true',
      'lib/cli/output/deliver.ts: \'\' → "Stryker was here!"',
      'lib/cli/output/seen-keys.ts: text !== undefined → true',
      'lib/cli/output/seen-keys.ts: value === undefined → false',
      'lib/node/sinks/unchanged-file.ts: closed !== undefined → true',
      'lib/node/sinks/end-of-rows.ts: at < chunk.length → at <= chunk.length',
      'lib/transports/deadlines.ts: [] → ["Stryker was here"]',
      'lib/node/sinks/committed-file.ts: closed === undefined → false',
      'lib/node/sinks/committed-file.ts: fingerprint === undefined → false',
      'lib/node/sinks/committed-file.ts: !this.#writer.begun → false',
      "lib/placements/in-body.ts: typeof value !== 'object' → false",
      "lib/failure.ts: typeof value !== 'object' → false",
      'lib/strategies/offset.ts: position.size !== undefined → true',
      'lib/strategies/page-number.ts: position.size !== undefined → true',
      "lib/strategies/parts/missing-next.ts: typeof value !== 'object' → false",
      "lib/strategies/parts/follow-url.ts: response.url === '' → false",
      'lib/strategies/parts/follow-url.ts: \'\' → "Stryker was here!"',
      'lib/strategies/parts/list-options.ts: total === undefined → false',
      'lib/strategies/parts/size.ts: size !== undefined && maxSize !== undefined → true',
      'lib/strategies/parts/size.ts: size !== undefined && maxSize !== undefined → size !== undefined || maxSize !== undefined',
      'lib/strategies/parts/size.ts: size !== undefined → true',
      'lib/strategies/parts/size.ts: maxSize !== undefined → true',
      'lib/strategies/parts/size.ts: name === undefined → false',
      'lib/reading/links.ts: at < text.length → true',
      'lib/reading/links.ts: at < text.length → at <= text.length',
      'lib/reading/links.ts: /[ \\t]+/ → /[ \\t]/',
      'lib/values/origin.ts: { return undefined; } → {}',
      "lib/placements/query-text.ts: typeof value === 'number' → true",
      'lib/walk/origin-rule.ts: template.url === undefined → false',
      'lib/walk/origin-rule.ts: origin === undefined → false',
      "lib/walk/origin-rule.ts: typeof request.headers === 'object' → true",
      'lib/walk/page-run.ts: lanes → true',
      'lib/resume-token.ts: \'\' → "Stryker was here!"',
      'lib/resume-token.ts: items.length <= marked → items.length < marked',
    ],
  },
  {
    why: 'How much is cached or recomputed, not the result',
    survivors: [
      'lib/walk/failure-signs.ts: !member → true',
      'lib/walk/failure-signs.ts: known.size === 1000 → true',
      'lib/walk/failure-signs.ts: known.size === 1000 → false',
      'lib/walk/failure-signs.ts: known.size === 1000 → known.size !== 1000',

      'lib/walk/expand-pages.ts: nextWhen → true',

      'lib/walk/guards.ts: recent.size >= remembered → false',
      'lib/walk/guards.ts: recent.size >= remembered → recent.size > remembered',

      'lib/values/sent.ts: known → false',

      'lib/policies/throttle-requests.ts: oldest > 1000 && oldest * 2 > starts.length → true',
      'lib/policies/throttle-requests.ts: now + Math.ceil(wait) → now - Math.ceil(wait)',
      'lib/policies/throttle-requests.ts: queue.size === 1 || now >= due → true',
      'lib/policies/throttle-requests.ts: now >= due → now > due',
      'lib/policies/throttle-requests.ts: queue.size > 0 → true',
      'lib/policies/throttle-requests.ts: queue.size > 0 → queue.size >= 0',
      'lib/policies/throttle-requests.ts: oldest > 1000 && oldest * 2 > starts.length → oldest > 1000 || oldest * 2 > starts.length',
      'lib/policies/throttle-requests.ts: oldest > 1000 → true',
      'lib/policies/throttle-requests.ts: oldest > 1000 → oldest >= 1000',
      'lib/policies/throttle-requests.ts: oldest > 1000 → oldest <= 1000',
      'lib/policies/throttle-requests.ts: oldest * 2 > starts.length → true',
      'lib/policies/throttle-requests.ts: oldest * 2 > starts.length → oldest * 2 >= starts.length',
      'lib/policies/throttle-requests.ts: queue.size === 1 → true',
      'lib/policies/throttle-requests.ts: ms <= 0 → false',
      'lib/policies/throttle-requests.ts: ms <= 0 → ms < 0',
      'lib/policies/refresh-once.ts: refreshes++ → refreshes--',
      'lib/policies/retry-loop.ts: \'attempt failed\' → ""',
      'lib/policies/retry-requests.ts: \'attempt failed\' → ""',
      'lib/policies/refresh-once.ts: () => (underWay = undefined) → () => undefined',
      'lib/walk/page-run.ts: this.#valuesOf !== request → true',
    ],
  },
  {
    why: 'Another condition beside it, or after it, detects the same',
    survivors: [
      'lib/walk/failure-signs.ts: \'0\' → ""',

      'lib/policies/retry-loop.ts: stopped → false',

      'lib/policies/retry-loop.ts: !life.closed → true',

      'lib/walk/pull-pages.ts: wanted() → true',

      'lib/walk/attempt.ts: pending?.unsubscribe → pending.unsubscribe',
      'lib/walk/attempt.ts: !this.#settled → true',

      'lib/values/cause.ts: text.length > most → false',

      'lib/walk/attempt.ts: this.#request === undefined → false',

      'lib/values/cause.ts: cause === null → false',

      'lib/values/sent.ts: found.length < long → found.length <= long',
      'lib/values/sent.ts: found.length - long → found.length + long',
      'lib/values/sent.ts: searched.length - long → searched.length + long',

      'lib/walk/page-run.ts: true → false',
      'lib/policies/throttle-requests.ts: queue.has(one) → true',
      'lib/policies/throttle-requests.ts: life.closed → false',
      'lib/operators/each-page.ts: false → true',
      'lib/operators/each-page.ts: waiting.length === 0 → true',
      'lib/cli/output/deliver.ts: strategy.stateful !== undefined → false',
      'lib/cli/output/seen-keys.ts: { mode: 0o600 } → {}',
      'lib/node/sinks/file.ts: nlink === 0 → false',
      'lib/transports/fetched.ts: body.destroy?.() → body.destroy()',
      'lib/transports/function-transport.ts: \'subscribe\' → ""',
      'lib/transports/fetched.ts: true → false',
      'lib/transports/exchange.ts: this.#settled → false',
      'lib/node/sinks/file-writer.ts: { return this.#begun; } → {}',
      'lib/policies/retry-hint.ts: hours > 23 → false',
      'lib/policies/retry-hint.ts: value !== null → true',
      'lib/policies/retry-hint.ts: value.trim() → value',
      'lib/strategies/link-header.ts: at === undefined → false',
      'lib/strategies/link-header.ts: at === -1 → false',
      'lib/strategies/link-header.ts: -1 → +1',
      'lib/strategies/link-header.ts: [] → ["Stryker was here"]',
      'lib/strategies/link-header.ts: equals === -1 → false',
      'lib/policies/retry-requests.ts: false → true',
      'lib/strategies/parts/size.ts: other === size → false',
      'lib/strategies/parts/size.ts: factor > 1 → factor >= 1',
      'lib/walk/page-run.ts: !this.#settled → true',
    ],
  },
  {
    why: 'For the type checker alone: what is never missing at runtime',
    survivors: [
      'lib/transports/node/tunnel.ts: \'\' → "Stryker was here!"',

      'lib/strategies/content-range.ts: range.hidden?.(response) → range.hidden(response)',

      'lib/policies/retry-loop.ts: scope?.sent → scope.sent',

      'lib/walk/skip-failed-pages.ts: strategy.guess?.(step.position, seen as Answer<Item, P> | undefined) → strategy.guess(step.position, seen as Answer<Item, P> | undefined)',

      'lib/walk/read-page.ts: \'\' → "Stryker was here!"',

      'lib/node/sinks/csv-format.ts: table?.length → table.length',

      'lib/transports/answer-headers.ts: () => null → () => undefined',

      'lib/walk/attempt.ts: this.rules.log.answer?.(this, this.#request, performance.now() - this.#sentAt, response, error) → this.rules.log.answer(this, this.#request, performance.now() - this.#sentAt, response, error)',

      'lib/values/cause.ts: given[name]?.enumerable → given[name].enumerable',

      "lib/values/redact.ts: typeof given === 'object' → true",
      'lib/values/redact.ts: /^(\\w{0,9}:?[\\\\/]+)?/.exec(inAuthority)?.[0] → /^(\\w{0,9}:?[\\\\/]+)?/.exec(inAuthority)[0]',

      'lib/operators/when-visible.ts: entries.at(-1)?.isIntersecting → entries.at(-1).isIntersecting',
      'lib/operators/items.ts: found !== undefined → true',
      "lib/operators/distinct-items.ts: typeof key === 'number' → true",
      'lib/cli/output/seen-keys.ts: commit?.keys?.bytes → commit?.keys.bytes',
      'lib/node/sinks/end-of-rows.ts: [] → ["Stryker was here"]',
      'lib/transports/exchange.ts: \'\' → "Stryker was here!"',
      'lib/transports/exchange.ts: () => null → () => undefined',
      'lib/transports/exchange.ts: { get: () => null } → {}',
      "lib/transports/exchange.ts: { status: 0, headers: { get: () => null }, url: '' } → {}",
      'lib/node/sinks/committed-file.ts: this.#checkpoint?.save → this.#checkpoint.save',
      'lib/node/sinks/committed-file.ts: \'\' → "Stryker was here!"',
      'lib/node/sinks/committed-file.ts: checkpoint?.key → checkpoint.key',
      'lib/policies/retry-hint.ts: \'\' → "Stryker was here!"',
      'lib/strategies/link-header.ts: b.params[index]?.value → b.params[index].value',
      'lib/strategies/link-header.ts: b[index]?.name → b[index].name',
      'lib/strategies/link-header.ts: param !== undefined → true',
      'lib/policies/retry-options.ts: waitMs !== undefined → true',
      'lib/placements/in-path.ts: \'\' → "Stryker was here!"',
      'lib/placements/in-path.ts: [] → ["Stryker was here"]',
      'lib/placements/in-query.ts: \'\' → "Stryker was here!"',
      'lib/placements/in-query.ts: [] → ["Stryker was here"]',
      'lib/strategies/relay.ts: connection === undefined → false',
      'lib/placements/query-text.ts: \'\' → "Stryker was here!"',
      "lib/placements/query-text.ts: pair.split('=', 1)[0]?.replaceAll → pair.split('=', 1)[0].replaceAll",
      'lib/walk/page-run.ts: this.#subscriber?.next → this.#subscriber.next',
      'lib/walk/page-run.ts: this.#subscriber?.complete → this.#subscriber.complete',
      'lib/walk/page-run.ts: this.#trail?.confirms → this.#trail.confirms',
      'lib/walk/page-run.ts: status === undefined → false',
      'lib/walk/page-run.ts: this.#subscriber → true',
      'lib/walk/page-run.ts: this.#ahead → true',
    ],
  },
  {
    why: "An empty path is the value itself, as `'.'` is",
    survivors: ['lib/placements/in-body.ts: \'.\' → ""', 'lib/strategies/parts/list-options.ts: \'.\' → ""'],
  },
  {
    why: 'A shortcut for speed: without it the slow path gives the same result',
    survivors: [
      'lib/walk/start-walk.ts: concurrency === 1 → false',

      'lib/walk/read-page.ts: delivered > 0 → true',
      'lib/walk/read-page.ts: delivered > 0 → delivered >= 0',
      'lib/walk/read-page.ts: sameJson(a[0], b[0]) && sameJson(a.at(-1), b.at(-1)) → true',
      'lib/walk/read-page.ts: sameJson(a[0], b[0]) && sameJson(a.at(-1), b.at(-1)) → sameJson(a[0], b[0]) || sameJson(a.at(-1), b.at(-1))',

      'lib/node/sinks/format.ts: \'null\' → ""',

      'lib/walk/expand-pages.ts: settled → false',
      'lib/walk/expand-pages.ts: { void now.then(go); return undefined; } → {}',
      'lib/walk/expand-pages.ts: () => (settled = true) → () => undefined',
      'lib/walk/expand-pages.ts: true → false',

      'lib/walk/lanes.ts: width === most → false',

      'lib/transports/read-text.ts: /^utf-?8$/i → /utf-?8$/i',
      'lib/transports/read-text.ts: /^utf-?8$/i → /^utf-?8/i',

      'lib/walk/walk-log.ts: listener → true',
      'lib/walk/walk-log.ts: missing.length > 0 → true',
      'lib/walk/walk-log.ts: missing.length > 0 → missing.length >= 0',
      'lib/walk/walk-log.ts: !listener → false',

      'lib/walk/guards.ts: ring.slice(oldest) → ring',
      "lib/walk/guards.ts: typeof position !== 'object' || typeof last !== 'object' || position === null || last === null → true",
      "lib/walk/guards.ts: typeof position !== 'object' || typeof last !== 'object' || position === null → false",
      "lib/walk/guards.ts: typeof position !== 'object' || typeof last !== 'object' || position === null → (typeof position !== 'object' || typeof last !== 'object') && position === null",
      "lib/walk/guards.ts: typeof position !== 'object' || typeof last !== 'object' → false",
      "lib/walk/guards.ts: typeof position !== 'object' || typeof last !== 'object' → typeof position !== 'object' && typeof last !== 'object'",
      "lib/walk/guards.ts: typeof position !== 'object' → false",
      "lib/walk/guards.ts: typeof position !== 'object' → typeof position === 'object'",
      'lib/walk/guards.ts: \'object\' → ""',
      "lib/walk/guards.ts: typeof last !== 'object' → false",
      "lib/walk/guards.ts: typeof last !== 'object' → typeof last === 'object'",
      'lib/walk/guards.ts: position === null → false',
      'lib/walk/guards.ts: position === null → position !== null',
      "lib/walk/guards.ts: { const now = after[name]; const then = before[name]; if (typeof now !== 'number' || typeof then !== 'number' || !(now >= then)) return false; if (now > then) greater = true; } → {}",
      "lib/walk/guards.ts: typeof now !== 'number' || typeof then !== 'number' || !(now >= then) → true",
      "lib/walk/guards.ts: typeof now !== 'number' || typeof then !== 'number' → typeof now !== 'number' && typeof then !== 'number'",
      "lib/walk/guards.ts: typeof now !== 'number' → false",
      "lib/walk/guards.ts: typeof now !== 'number' → typeof now === 'number'",
      'lib/walk/guards.ts: \'number\' → ""',
      "lib/walk/guards.ts: typeof then !== 'number' → false",
      "lib/walk/guards.ts: typeof then !== 'number' → typeof then === 'number'",
      'lib/walk/guards.ts: !(now >= then) → now >= then',
      'lib/walk/guards.ts: now >= then → false',
      'lib/walk/guards.ts: now >= then → now > then',
      'lib/walk/guards.ts: now >= then → now < then',
      'lib/walk/guards.ts: now > then → false',
      'lib/walk/guards.ts: true → false',

      'lib/transports/redirects.ts: answered !== from.href → true',

      'lib/transports/read-text.ts: /^utf-?8$/i → /^utf-8$/i',
      "lib/transports/read-text.ts: isUtf8 && !utf8.includes('\\ufffd') → false",
      'lib/transports/read-text.ts: \'\\ufffd\' → ""',

      'lib/walk/attempt.ts: log.answer → true',
      'lib/walk/attempt.ts: answer instanceof Task → false',
      'lib/walk/attempt.ts: Array.isArray(answer) && answer.length > 0 → false',
      'lib/walk/attempt.ts: answer instanceof Promise → false',

      'lib/values/sent.ts: parts.size > 0 → true',
      'lib/values/sent.ts: parts.size > 0 → parts.size >= 0',
      "lib/values/sent.ts: !shown.includes('%') → false",
      'lib/values/sent.ts: \'%\' → ""',

      'lib/operators/items.ts: subscriber.closed → false',
      'lib/node/sinks/unchanged-file.ts: bytes.length < tailLength → bytes.length <= tailLength',
      'lib/node/sinks/unchanged-file.ts: bytes.length < tailLength → true',
      "lib/node/sinks/end-of-rows.ts: zipped || header !== '' → true",
      'lib/transports/function-transport.ts: given instanceof Promise → false',
      'lib/transports/fetched.ts: part instanceof Uint8Array → false',
      'lib/transports/fetched.ts: !ended → true',
      'lib/node/sinks/file-writer.ts: this.#file.bytes !== this.#kept → true',
      'lib/node/sinks/committed-file.ts: !this.#checkpoint → false',
      'lib/walk/origin-rule.ts: /^https?:\\/\\/[^/?#\\\\\\s]+\\//i → /^https:\\/\\/[^/?#\\\\\\s]+\\//i',
      'lib/walk/origin-rule.ts: /^https?:\\/\\/[^/?#\\\\\\s]+\\//i → /^https?:\\/\\/[^/?#\\\\\\s]\\//i',
      "lib/walk/origin-rule.ts: template.url ?? '' → template.url && ''",
      'lib/walk/origin-rule.ts: \'\' → "Stryker was here!"',
      'lib/walk/origin-rule.ts: url === template.url → false',
      'lib/walk/origin-rule.ts: prefix !== undefined && url.startsWith(prefix) → false',
      'lib/walk/origin-rule.ts: prefix !== undefined → true',
      'lib/walk/origin-rule.ts: prefix !== undefined → prefix === undefined',
    ],
  },
  {
    why: 'An anchor that greedy matching from start to end makes redundant',
    survivors: [
      'lib/walk/failure-signs.ts: /^.*?\\?|#.*$/g → /^.*?\\?|#.*/g',

      'lib/values/redact.ts: /^[^?#]*/ → /[^?#]*/',
      'lib/values/redact.ts: /^([\\w.$%[\\]-]{1,64})=(.*)$/s → /^([\\w.$%[\\]-]{1,64})=(.*)/s',
      'lib/values/redact.ts: /^(\\w{0,9}:?[\\\\/]+)?/ → /(\\w{0,9}:?[\\\\/]+)?/',

      'lib/values/sent.ts: /^([^=]*)=(.*)$/s → /([^=]*)=(.*)$/s',
      'lib/values/sent.ts: /^([^=]*)=(.*)$/s → /^([^=]*)=(.*)/s',

      'lib/values/sent.ts: /=+$/ → /=+/',

      'lib/placements/in-path.ts: /^([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)$/is → /([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)$/is',
      'lib/placements/in-path.ts: /^([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)$/is → /^([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)/is',
      'lib/placements/in-query.ts: /^([^?#]*)(?:\\?([^#]*))?(#.*)?$/s → /([^?#]*)(?:\\?([^#]*))?(#.*)?$/s',
      'lib/placements/in-query.ts: /^([^?#]*)(?:\\?([^#]*))?(#.*)?$/s → /^([^?#]*)(?:\\?([^#]*))?(#.*)?/s',
    ],
  },
  {
    why: 'A word that is compared only with its opposite',
    survivors: [
      'lib/walk/read-page.ts: \'other\' → ""',
      'lib/walk/read-page.ts: \'an earlier\' → ""',

      'lib/transports/redirects.ts: \'redirect\' → ""',

      'lib/placements/in-form.ts: \'repeat\' → ""',
      'lib/walk/origin-rule.ts: \'next\' → ""',
      'lib/resume-token.ts: \'other\' → ""',
    ],
  },
  {
    why: 'What only the specs of another area test',
    survivors: [
      'lib/cli/output/deliver.ts: { signal: stop.signal, onWait } → {}',
      'lib/cli/output/deliver.ts: () => (stopping ? stop.abort() : log(waitsForReader(path))) → () => undefined',
      'lib/cli/output/deliver.ts: !isClosedPipe(error) → false',
      'lib/cli/output/deliver.ts: !isClosedPipe(error) → true',
      'lib/cli/output/deliver.ts: !isClosedPipe(error) → isClosedPipe(error)',
      'lib/cli/output/deliver.ts: { const error = new WriteError(path, cause); if (!isClosedPipe(error)) throw error; } → {}',
      'lib/cli/output/deliver.ts: delivery.stopping → false',
      'lib/cli/output/deliver.ts: \'interrupted\' → ""',
      'lib/failure.ts: \'\' → "Stryker was here!"',
    ],
  },
  {
    why: 'The next rule gives the same result',
    survivors: ['lib/failure.ts: cause instanceof CheckError → false'],
  },
  {
    why: 'What never occurs: another check or rule comes before it',
    survivors: [
      'lib/transports/node/tunnel.ts: statusCode >= 200 → true',
      'lib/transports/node/tunnel.ts: /^\\[|\\]$/g → /\\[|\\]$/g',
      'lib/transports/node/tunnel.ts: /^\\[|\\]$/g → /^\\[|\\]/g',

      'lib/strategies/content-range.ts: \'Content-Range\' → ""',

      'lib/node/sinks/csv-format.ts: columns !== null → true',

      'lib/transports/redirects.ts: /^https?:$/ → /^https?:/',
      'lib/transports/redirects.ts: status < 303 → status <= 303',

      'lib/values/cause.ts: /^\\[object (Object|Array)\\]$/ → /\\[object (Object|Array)\\]$/',
      'lib/values/cause.ts: /^\\[object (Object|Array)\\]$/ → /^\\[object (Object|Array)\\]/',

      'lib/walk/page-run.ts: index > (lastPage?.index ?? index) → index >= (lastPage?.index ?? index)',
      'lib/cli/output/seen-keys.ts: !kept → false',
      "lib/cli/output/seen-keys.ts: { throw new UsageError(`--distinct ${key}: can't open the file of earlier keys, ${name} (${codeOf(error)})`); } → {}",
      "lib/cli/output/seen-keys.ts: { throw new UsageError(`--distinct ${key}: can't read the file of earlier keys, ${name} (${codeOf(error)})`); } → {}",
      'lib/cli/output/seen-keys.ts: { bytes: 0, fingerprint: undefined } → {}',
      "lib/failure.ts: typeof cause.retryable === 'boolean' → true",
      "lib/strategies/cursor.ts: typeof cursorParam === 'string' → true",
      'lib/strategies/cursor.ts: token === undefined → false',
      "lib/strategies/keyset.ts: typeof cursorParam === 'string' → true",
      'lib/strategies/link-header.ts: \'header Link\' → ""',
      'lib/strategies/parts/missing-next.ts: response.status === 204 → false',
      'lib/strategies/parts/token.ts: token !== null → true',
      'lib/strategies/relay.ts: \'\' → "Stryker was here!"',
      'lib/transports/follow-redirects.ts: /^https?:$/ → /^https?:/',
      'lib/transports/follow-redirects.ts: status < 303 → status <= 303',
      "lib/reading/links.ts: name !== '' → true",
      'lib/reading/links.ts: \'\' → "Stryker was here!"',
      'lib/walk/origin-rule.ts: [] → ["Stryker was here"]',
      'lib/walk/page-run.ts: \'events\' → ""',
      'lib/resume-token.ts: [] → ["Stryker was here"]',
      'lib/resume-token.ts: index < lastPage.index → index <= lastPage.index',
      'lib/resume-token.ts: /^(\\d+):/ → /(\\d+):/',
    ],
  },
  {
    why: 'The limit itself, of a time that is measured: one more or less is as right',
    survivors: ['lib/walk/page-run.ts: performance.now() - due >= muchTooLate → performance.now() - due > muchTooLate'],
  },
  {
    why: 'The next step fails with the same error',
    survivors: [
      "lib/node/sinks/file.ts: codeOf(error) === 'EEXIST' → true",
      "lib/node/sinks/file.ts: codeOf(error) === 'ENOENT' → true",
      "lib/node/sinks/file.ts: !handle && codeOf(error) === 'ENOENT' → true",
      "lib/node/sinks/end-of-rows.ts: (error as { code?: string }).code === 'ENOENT' → true",
      'lib/node/sinks/committed-file.ts: { throw new WriteError(target.path, cause); } → {}',
    ],
  },
  {
    why: "What a test can't make happen: a power failure, a disk that fails, a read that gives less than was asked for, two opens within one moment, a file system without stable inodes",
    survivors: [
      'lib/node/sinks/file.ts: (await there())?.ino → (await there()).ino',
      'lib/node/sinks/file.ts: (await there())?.ino === ino → true',
      "lib/node/sinks/file.ts: codeOf(error) !== 'ENXIO' → false",
      'lib/node/sinks/file.ts: handle !== undefined → true',
      'lib/node/sinks/file.ts: { force: true } → {}',
      'lib/node/sinks/file.ts: true → false',
      'lib/node/sinks/file.ts: !named → false',
      'lib/node/sinks/file.ts: !named → true',
      'lib/node/sinks/file.ts: !named → named',
      'lib/node/sinks/file.ts: !regular → true',
      'lib/node/sinks/file.ts: { if (!regular) return; await handle.datasync(); if (!named) await syncFolder(dirname(path)); named = true; } → {}',
      'lib/node/sinks/file.ts: bytes > 0 → bytes <= 0',
      'lib/node/sinks/file.ts: bytes > 0 → bytes >= 0',
      'lib/node/sinks/file.ts: bytes > 0 → false',
      'lib/node/sinks/file.ts: bytes > 0 → true',
      'lib/node/sinks/unchanged-file.ts: bytesRead === 0 → false',
      'lib/node/sinks/unchanged-file.ts: end - tail.length + at → end - tail.length - at',
      'lib/node/sinks/unchanged-file.ts: tail.length - at → tail.length + at',
      'lib/node/sinks/unchanged-file.ts: at < tail.length → at <= tail.length',
      'lib/node/sinks/end-of-rows.ts: \'Z_\' → ""',
      'lib/node/sinks/end-of-rows.ts: (error as { code?: string }).code?.startsWith → (error as { code?: string; }).code.startsWith',
      "lib/node/sinks/end-of-rows.ts: !(error as { code?: string }).code?.startsWith('Z_') → false",
      'lib/node/sinks/file-writer.ts: { return this.#io(this.#file.sync()); } → {}',
      'lib/node/sinks/committed-file.ts: release !== undefined → true',
      'lib/node/sinks/committed-file.ts: !target.open → true',
    ],
  },
  {
    why: 'How a text is divided into writes, or how much of it is kept in memory, not the result',
    survivors: [
      'lib/transports/chunks.ts: !this.#block || chunk.byteLength > this.#block.byteLength - this.#filled → true',
      'lib/transports/chunks.ts: chunk.byteLength > this.#block.byteLength - this.#filled → chunk.byteLength >= this.#block.byteLength - this.#filled',
      'lib/transports/chunks.ts: chunk.byteLength > this.#block.byteLength - this.#filled → chunk.byteLength <= this.#block.byteLength - this.#filled',
      'lib/transports/chunks.ts: Math.min(largest, Math.max(smallest, 2 * this.size)) → Math.max(largest, Math.max(smallest, 2 * this.size))',

      'lib/cli/output/seen-keys.ts: kept → true',
      'lib/node/sinks/end-of-rows.ts: reading.text += chunk.length → reading.text -= chunk.length',
      'lib/node/sinks/end-of-rows.ts: reading.text < longestHeader → reading.text <= longestHeader',
      'lib/node/sinks/end-of-rows.ts: reading.text < longestHeader → true',
      'lib/node/sinks/file-writer.ts: 64 * 1024 → 64 / 1024',
      'lib/node/sinks/file-writer.ts: \'\' → "Stryker was here!"',
      "lib/node/sinks/file-writer.ts: piece !== '' → true",
      'lib/node/sinks/file-writer.ts: piece.length < pieceLength → piece.length >= pieceLength',
      'lib/node/sinks/file-writer.ts: piece.length < pieceLength → piece.length <= pieceLength',
      'lib/node/sinks/file-writer.ts: piece.length < pieceLength → false',
      'lib/node/sinks/file-writer.ts: piece.length < pieceLength → true',
    ],
  },
  {
    why: 'A state that is read only after it was set again',
    survivors: [
      'lib/walk/guards.ts: [] → ["Stryker was here"]',
      'lib/node/sinks/end-of-rows.ts: false → true',
      'lib/node/sinks/file-writer.ts: true → false',
    ],
  },
  {
    why: 'Where the two readings of a limit meet, which is as good either way',
    survivors: ['lib/transports/deadlines.ts: now - this.#due > muchTooLate → now - this.#due >= muchTooLate'],
  },
  {
    why: 'Appending to nothing, and writing a new file, are the same',
    survivors: ['lib/node/sinks/end-of-rows.ts: { empty: true } → {}'],
  },
  {
    why: 'A separator of what is one piece',
    survivors: ['lib/node/sinks/end-of-rows.ts: \'\' → "Stryker was here!"'],
  },
  {
    why: 'What both sides of a comparison are read by alike',
    survivors: [
      'lib/node/sinks/end-of-rows.ts: value.length > 1 → value.length >= 1',
      'lib/node/sinks/end-of-rows.ts: value.length > 1 → true',
      'lib/node/sinks/end-of-rows.ts: \'"\' → ""',
      "lib/node/sinks/end-of-rows.ts: value.endsWith('\"') → value.startsWith('\"')",
      'lib/node/sinks/end-of-rows.ts: /(?:^|,)(?:"(?:[^"]|"")*"|[^,]*)/g → /(?:^|,)(?:"(?:["]|"")*"|[^,]*)/g',
      'lib/node/sinks/end-of-rows.ts: /(?:^|,)(?:"(?:[^"]|"")*"|[^,]*)/g → /(?:^|,)(?:"(?:[^"]|"")"|[^,]*)/g',
      'lib/node/sinks/end-of-rows.ts: /\\r?\\n$/ → /\\r?\\n/',
    ],
  },
  {
    why: 'How long a wait is, or how often it is interrupted by a look',
    survivors: [
      'lib/policies/throttle-requests.ts: Math.ceil(Math.max(0, waitAt(performance.now()))) + slack → Math.ceil(Math.max(0, waitAt(performance.now()))) - slack',
      'lib/policies/throttle-requests.ts: Math.max(0, waitAt(performance.now())) → Math.min(0, waitAt(performance.now()))',
      'lib/node/sinks/file.ts: { signal } → {}',
      'lib/node/sinks/file.ts: 2 * wait → 2 / wait',
      'lib/node/sinks/file.ts: Math.min(2 * wait, longestWait) → Math.max(2 * wait, longestWait)',
    ],
  },
  {
    why: 'A value of which only the arrival matters',
    survivors: ['lib/operators/resume-on-error.ts: true → false'],
  },
  {
    why: 'A count that is only compared with 0',
    survivors: ['lib/node/sinks/file.ts: waits++ → waits--'],
  },
  {
    why: 'What only other platforms lack: on Node, where these specs run, it is there',
    survivors: ['lib/transports/fetch-transport.ts: !platform.agentWire → false'],
  },
  {
    why: 'How a text is divided before it is joined again',
    survivors: ['lib/values/sent.ts: /(\\s+)/ → /(\\s)/', 'lib/values/sent.ts: /(\\s+)/ → /(\\S+)/'],
  },
];
