import { Command } from 'commander';
import { helpTopics } from './help-topics.js';
import { program } from './program.js';
import { shortHelp } from './short-help.js';
import { suggest } from './suggest.js';
import { UsageError } from './usage-error.js';

/** What `pagewise help TOPIC` prints, by topic. */
export const topics: Readonly<Record<string, () => string>> = {
  flags: allFlags,
  ...Object.fromEntries(Object.entries(helpTopics).map(([topic, text]) => [topic, () => text])),
};

/** @throws UsageError for a topic that there is not */
export function help(topic: string | undefined): string {
  if (topic === undefined) return shortHelp;
  if (Object.hasOwn(topics, topic)) return topics[topic]?.() ?? '';
  throw new UsageError(
    `help ${topic}: there is no such topic${suggest(topic, Object.keys(topics))}; there is ${Object.keys(topics).join(', ')}`,
  );
}

/** Every flag, as commander lists them. */
function allFlags(): string {
  const command = program([]);
  return Command.prototype.helpInformation.call(command);
}
