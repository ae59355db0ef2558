/** docs/performance.md. */
export function document({ machine, tables, targets, skipped }) {
  const { node, date, hardware, load, isBusy, versions } = machine;
  const sections = [...tables].map(([{ id, title }, table]) => `## ${title}\n\nRow \`${id}\`.\n\n${table}`);
  const left = [...skipped].map(([id, reason]) => `- \`${id}\`: ${reason}`);
  return `# Performance

Written by \`npm run bench -- --write\`; [bench/](../bench/README.md) has the code. \`npm run bench -- --quick\` shows the same in less than a minute.

| | |
|---|---|
| machine | ${hardware} |
| Node | ${node} |
| date | ${date} |
| load when it began | ${load}${isBusy ? ': **busy, so the times below are too long**' : ''} |
| beside | ${versions.join(', ')} |

How it was measured: server and contenders on loopback, each in a process of its own, one walk after the other, and all of them side by side in every round. Each contender must deliver the same items; their number and sum are checked. Figures are the medians of three runs, each with new processes, and in parentheses the lowest and the highest of the three. Ratios are taken within a round, so that what slows the whole machine slows both sides. Over HTTP a walk is 500 pages (150 of 1,000 items), by processes that have warmed up for 10,000 pages or 2.5 seconds of CPU: what a long job costs. Row \`short-128\` has walks of 80 after 4,000. Rows \`default-…\`, \`undici-…\` and \`ahead-…\` have few processes, which all warm up for as many pages; \`…-fresh\` is the first walk of a new process. Rows \`command\` and \`startup\` are whole processes. CPU is the user and system time of the client's process, its garbage collection included; the server is not in it.

**again** is the same contender once more in a process of its own: how far its ratio is from 1.00 is the noise of that row.

## Targets

${targets}

${sections.join('\n\n')}
${left.length > 0 ? `\n## Left out\n\n${left.join('\n')}\n` : ''}`;
}
