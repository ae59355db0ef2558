import { type EventListener, behind, tellAll, type WalkEvent } from '../../events.js';
import { isPagewiseError } from '../../errors.js';
import type { FileRecorder } from '../../node/run/record-run.js';
import type { ResumeToken } from '../../page.js';
import type { Arguments } from '../flags/arguments.js';
import { hideValues } from '../flags/environment.js';
import type { Delivery } from '../output/deliver.js';
import { commandLine } from '../terminal/command-line.js';
import { counted } from '../terminal/words.js';

/** A job of a file. */
export interface JobName {
  readonly file: string;
  readonly name: string;
  /** The recorders of earlier jobs, by their files: jobs with the same files share them. */
  readonly recorders: Map<string, FileRecorder>;
}

/** What records a run for --report, --trace and --har. */
export interface Recording {
  readonly events: EventListener;
  /** What the report shows of the run, once it is known. */
  delivery: Delivery | undefined;
  /** Writes the files again, with what was written and where the checkpoint is. @throws WriteError */
  write(): void;
}

/** The files of a recording, as the key of those that jobs share. */
export const recordingKey = ({ report, trace, har, harNumbers }: Partial<Arguments>): string =>
  JSON.stringify([report, trace, har, harNumbers]);

/**
 * Adds the listener that writes the files of --report, --trace and --har, if any is given.
 * @param pipes receives the texts of those that are pipes
 * @param before where the checkpoint is before the run
 * @throws ConfigError
 */
export async function recorded(
  args: Arguments,
  job: JobName | undefined,
  listener: EventListener,
  pipes: Map<string, string>,
  before: ResumeToken | undefined,
): Promise<Recording> {
  const { report, trace, har, harNumbers } = args;
  const recording: Recording = { events: listener, delivery: undefined, write: () => undefined };
  if (report === undefined && trace === undefined && har === undefined) return recording;
  const { recordTo } = await import('../../node/run/record-run.js'); // Loaded on use, since the report page is large.
  const about = () => aboutRun(args, job, before, recording.delivery);
  const options = { report, trace, har, harNumbers, about, ...(job && { label: job.name }) };
  const key = recordingKey(args);
  const shared = job?.recorders.get(key);
  const record =
    job && shared ? shared.walk(job.name, about) : recordTo(options, (path, text) => pipes.set(path, text));
  job?.recorders.set(key, record);
  let heard = false;
  return Object.assign(recording, {
    events: tellAll(listener, {
      next(event) {
        heard = true;
        const shown = withoutValues(event);
        behind.set(shown, behind.get(event)); // Nobody keeps it: the record holds figures.
        record.next(shown);
      },
    }),
    write() {
      if (heard) record.soon();
    },
  });
}

/** The head of the report. */
function aboutRun(
  { output, checkpoint }: Arguments,
  job: JobName | undefined,
  before: ResumeToken | undefined,
  delivery: Delivery | undefined,
): Readonly<Record<string, string | number>> {
  const keeps = typeof checkpoint === 'string';
  return {
    Command: commandLine(process.argv.slice(2)),
    ...(job && { Job: `${job.name}, in ${job.file}` }),
    Output: output === undefined || output === '-' ? 'stdout' : output,
    ...(delivery && { 'Items written': delivery.tally.items }),
    ...(keeps && { Checkpoint: checkpoint, 'Checkpoint before': stateOf(before) }),
    ...(keeps && delivery && { 'Checkpoint after': stateOf(delivery.resume ?? before) }),
  };
}

function stateOf(token: ResumeToken | undefined): string {
  if (token === undefined) return 'none';
  const after = `after ${counted(token.itemsBefore, 'item')}`;
  const missing = token.gaps === undefined ? '' : `, ${counted(token.gaps.length, 'page')} missing`;
  return `${token.position === undefined ? 'done' : `page ${token.index + 1} is next`}, ${after}${missing}`;
}

/** An event as files show it: without values from the environment. */
function withoutValues(event: WalkEvent): WalkEvent {
  switch (event.type) {
    case 'response': {
      const { request } = event;
      const { url, headers } = request;
      const hidden = {
        ...request,
        url: url === undefined ? undefined : hideValues(url),
        ...(headers && { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hideValues(value)])) }),
      }; // prettier-ignore
      return { ...event, request: hidden, ...('error' in event && { error: errorWithout(event.error) }) };
    }
    case 'notice':
      return { ...event, message: hideValues(event.message) };
    case 'gap':
    case 'end':
      return { ...event, error: errorWithout(event.error) } as WalkEvent;
    default:
      return event;
  }
}

const errorWithout = (error: unknown): unknown =>
  isPagewiseError(error)
    ? Object.create(error, {
        message: { value: hideValues(error.message) },
        ...(error.detail !== undefined && { detail: { value: hideValues(error.detail) } }),
      })
    : error;
